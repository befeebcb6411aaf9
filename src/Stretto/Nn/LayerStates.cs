namespace Stretto.Nn;

/// <summary>
/// Collects the residual states [T, D] between the blocks of a model while it runs: number 0 enters the first block, number i + 1 leaves
/// block i. Draft heads and probes read them.
/// </summary>
/// <param name="wanted">Which to keep; none: all.</param>
public sealed class LayerStates(params int[] wanted)
{
    private readonly SortedDictionary<int, Tensor> _states = [];

    /// <summary>The numbers that were collected, ascending.</summary>
    public IReadOnlyCollection<int> Collected => _states.Keys;

    /// <summary>One state [T, D]; it belongs to the scope that the model ran in.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It was not asked for, the model has fewer blocks, or the model has not run.</exception>
    public Tensor this[int number] => _states.TryGetValue(number, out Tensor? state)
        ? state
        : throw new ArgumentOutOfRangeException(
            nameof(number), number, $"no such state was collected; there are [{string.Join(", ", _states.Keys)}]");

    /// <summary>For models: offers the state that enters the first block (0) or leaves block number − 1.</summary>
    public void Offer(int number, Tensor state)
    {
        if (wanted.Length == 0 || wanted.Contains(number))
        {
            _states[number] = state;
        }
    }
}
