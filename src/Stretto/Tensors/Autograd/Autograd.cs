namespace Stretto;

/// <summary>Differentiation: derivatives as values, Jacobians and Hessians, and finding where NaN comes from.</summary>
public static partial class Autograd
{
    /// <summary>
    /// The derivatives of outputs, weighted by gradients that flow into them and summed, with respect to inputs, which may be leaves or
    /// results of operations. No <see cref="Tensor.Grad"/> of a leaf changes.
    /// </summary>
    /// <param name="outputs">What to differentiate.</param>
    /// <param name="inputs">With respect to what.</param>
    /// <param name="gradOutputs">One for each output, of its shape and dtype; null stands for 1 where the output is a single number.</param>
    /// <param name="retainGraph">Keep the graph for another pass; <paramref name="createGraph"/> implies it.</param>
    /// <param name="createGraph">Record the pass, so that the derivatives can be differentiated again.</param>
    /// <param name="allowUnused">Return null for an input that no output depends on, instead of failing.</param>
    /// <param name="materializeGrads">As <paramref name="allowUnused"/>, but with zeros instead of null.</param>
    /// <exception cref="InvalidOperationException">
    /// An output or input requires no gradients, an input is unused, the graph was freed, or an output is not a single number and has no
    /// gradient.
    /// </exception>
    /// <exception cref="ArgumentException">A gradient does not fit its output, or their number differs.</exception>
    public static Tensor?[] Grad(
        IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?>? gradOutputs = null,
        bool retainGraph = false, bool createGraph = false, bool allowUnused = false, bool materializeGrads = false)
    {
        if (gradOutputs is not null && gradOutputs.Count != outputs.Count)
        {
            throw new ArgumentException($"grad: {gradOutputs.Count} gradients for {outputs.Count} outputs");
        }

        Tensor[] seeds = new Tensor[outputs.Count];
        for (int i = 0; i < seeds.Length; i++)
        {
            seeds[i] = outputs[i].RequiresGrad
                ? Tensor.SeedFor("grad", outputs[i], gradOutputs?[i])
                : throw new InvalidOperationException($"grad: output {i} ({outputs[i].Describe()}) {NoPath}");
        }

        GradientState[] wanted = new GradientState[inputs.Count];
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] = inputs[i].Gradients
                ?? throw new InvalidOperationException(
                    $"grad: input {i} ({inputs[i].Describe()}) does not require gradients; set RequiresGrad before using it");
        }

        Tensor?[] results = BackwardPass.Collect([.. outputs], seeds, wanted, retainGraph || createGraph, createGraph);
        for (int i = 0; i < results.Length; i++)
        {
            results[i] ??= materializeGrads ? Tensor.Zeros(inputs[i].Shape, inputs[i].DType, inputs[i].Device)
                : allowUnused ? null
                : throw new InvalidOperationException(
                    $"grad: no output depends on input {i} ({inputs[i].Describe()}), or only through Detach or NoGrad; "
                    + "pass allowUnused: true for null, materializeGrads: true for zeros");
        }

        return results;
    }

    /// <summary>The derivative of one output with respect to one input; see the other overload.</summary>
    public static Tensor Grad(
        Tensor output, Tensor input, Tensor? gradOutput = null, bool retainGraph = false, bool createGraph = false) =>
        Grad([output], [input], [gradOutput], retainGraph, createGraph)[0]!;

    /// <summary>
    /// Until the result is disposed, every backward pass of this thread fails where a gradient becomes NaN; the message names the forward
    /// operation and shows the stack of its call. Slow: for debugging. Open it around the forward pass too.
    /// </summary>
    /// <param name="checkForward">Fail as well where an operation makes NaN from inputs without.</param>
    public static AnomalyScope DetectAnomaly(bool checkForward = false)
    {
        AnomalyScope restore = new(Anomaly.Mode);
        Anomaly.Mode = (true, checkForward);
        return restore;
    }

    /// <summary>What a message says of a value that no gradient can come from.</summary>
    internal const string NoPath =
        "does not depend on any tensor that requires gradients; set RequiresGrad on a leaf before using it, "
        + "and check for NoGrad, Detach and integer tensors";

    /// <summary>Puts anomaly detection back as it was.</summary>
    public readonly ref struct AnomalyScope
    {
        private readonly (bool Backward, bool Forward) _mode;

        internal AnomalyScope((bool Backward, bool Forward) mode) => _mode = mode;

        /// <summary>Ends the block.</summary>
        public void Dispose() => Anomaly.Mode = _mode;
    }
}
