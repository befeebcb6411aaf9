using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Stretto;

/// <summary>A live allocation that a <see cref="MemoryTrace"/> saw.</summary>
/// <param name="StorageId">Equal to the <c>Tensor.StorageId</c> of every tensor that looks into it.</param>
/// <param name="Operation">Which operation took the memory, and whether for a gradient: <c>MatMul</c>, <c>MatMul (backward)</c>.</param>
/// <param name="Caller">Who called the operation: <c>Linear.Forward</c>.</param>
/// <param name="Bytes">Bytes handed out, rounded up to a size class.</param>
/// <param name="Generation">How many outermost scopes ended since.</param>
/// <param name="DType">Of the tensor it was taken for; null for a kernel's temporary memory.</param>
/// <param name="Shape">Of the tensor it was taken for.</param>
public sealed record TracedAllocation(
    long StorageId, string Operation, string Caller, long Bytes, long Generation, DType? DType, Shape? Shape)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Bytes,14:N0} bytes  {Operation}{(DType is { } d ? $" {d.Name()} {Shape}" : "")}"
        + $"  from {Caller}, generation {Generation}");
}

/// <summary>Remembers which operation took the memory that is live. Started by <see cref="MemoryStats.Trace"/>; disposing it ends the trace.</summary>
public sealed class MemoryTrace : IDisposable
{
    private static MemoryTrace? s_active;

    private readonly Dictionary<long, Entry> _live = [];
    private readonly Lock _lock = new();

    private MemoryTrace()
    {
    }

    internal static MemoryTrace? Active => s_active;

    internal static MemoryTrace Start()
    {
        MemoryTrace trace = new();
        return Interlocked.CompareExchange(ref s_active, trace, null) is null
            ? trace
            : throw new InvalidOperationException("a memory trace is already running; dispose it first");
    }

    /// <summary>The largest allocations since the start that are still live, largest first.</summary>
    public IReadOnlyList<TracedAllocation> Largest(int count = 20)
    {
        KeyValuePair<long, Entry>[] live;
        lock (_lock)
        {
            live = [.. _live];
        }

        return [.. live.OrderByDescending(e => e.Value.Block.Size).ThenBy(e => e.Key).Take(count).Select(e => e.Value.Describe(e.Key))];
    }

    /// <summary>The <see cref="Largest"/> allocations, one a line.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (TracedAllocation allocation in Largest())
        {
            text.AppendLine(allocation.ToString());
        }

        return text.ToString();
    }

    /// <summary>Ends the trace. What it saw can still be asked for; what is freed later leaves it.</summary>
    public void Dispose() => Interlocked.CompareExchange(ref s_active, null, this);

    internal void Add(Storage storage, Block block)
    {
        (string operation, string caller) = CallSite.Find();
        lock (_lock)
        {
            _live[storage.Id] = new Entry(block, operation, caller, null, null);
        }
    }

    /// <summary>Says which tensor the memory was taken for.</summary>
    internal void Describe(Storage storage, DType dtype, Shape shape)
    {
        lock (_lock)
        {
            if (_live.TryGetValue(storage.Id, out Entry? entry))
            {
                _live[storage.Id] = entry with { DType = dtype, Shape = shape };
            }
        }
    }

    internal void Remove(Storage storage)
    {
        lock (_lock)
        {
            _live.Remove(storage.Id);
        }
    }

    private sealed record Entry(Block Block, string Operation, string Caller, DType? DType, Shape? Shape)
    {
        public TracedAllocation Describe(long id) => new(id, Operation, Caller, Block.Size, Block.Cohort.Age, DType, Shape);
    }

    /// <summary>Reads operation and caller off the stack: the outermost method of <c>Tensor</c>, and what called it.</summary>
    private static class CallSite
    {
        public static (string Operation, string Caller) Find()
        {
            string operation = "";
            string last = "";
            foreach (StackFrame frame in new StackTrace(2, false).GetFrames())
            {
                if (DiagnosticMethodInfo.Create(frame) is not { DeclaringTypeName: { } type } method)
                {
                    continue;
                }

                string outer = type.Split('+')[0];
                bool tensor = outer is "Stretto.Tensor" or "Stretto.Generator";
                if (tensor && BackwardOf(method.Name) is { } forward)
                {
                    return ($"{forward} (backward)", "Tensor.Backward");
                }

                if (!tensor && operation.Length > 0)
                {
                    bool backward = outer is "Stretto.BackwardPass" or "Stretto.Inbox" or "Stretto.GradientFunction" or "Stretto.Autograd";
                    return (operation + (backward ? " (backward)" : ""), $"{outer[(outer.LastIndexOf('.') + 1)..]}.{Plain(method.Name)}");
                }

                operation = tensor ? Plain(method.Name) : operation;
                last = $"{outer[(outer.LastIndexOf('.') + 1)..]}.{Plain(method.Name)}";
            }

            return (operation.Length > 0 ? operation : last, last);
        }

        // A backward rule is a lambda of the operation: "<MatMul>b__12_0".
        private static string? BackwardOf(string method) =>
            method.StartsWith('<') && method.IndexOf('>', StringComparison.Ordinal) is var end and > 1 && method.AsSpan(end).StartsWith(">b__")
            && method[1..end] is not "Record" ? method[1..end] : null;

        private static string Plain(string method)
        {
            string name = method.StartsWith('<') && method.IndexOf('>', StringComparison.Ordinal) is var end and > 1 ? method[1..end] : method;
            return name.StartsWith("op_", StringComparison.Ordinal) ? name[3..] : name;
        }
    }
}
