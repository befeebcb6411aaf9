namespace Stretto;

/// <summary>
/// Writing in place inside the graph. A view knows the tensor whose memory it looks into, its base. A recorded write through either gives
/// the base a new place in the graph; views notice when they are asked for theirs, and take it from the base.
/// </summary>
public sealed partial class Tensor
{
    private GradientState? _gradients;
    private Tensor? _base;

    // Of a base: how many recorded writes it saw. Of a view: the number that its place in the graph belongs to.
    private int _writes;
    private Sealed _sealed;

    internal bool IsView => _base is not null;

    private enum Sealed : byte
    {
        No, MadeWithoutGrad, MadeInFunction,
    }

    internal GradientState? Gradients
    {
        get
        {
            if (_base is not null && _base._writes != _writes)
            {
                FollowBase();
            }

            return _gradients;
        }

        set => _gradients = value;
    }

    /// <summary>The operation that made this tensor as a view of another, with its gradient.</summary>
    private Tensor Viewing(string name, Layout layout, Func<GradientFunction, Tensor, Tensor?[]> rule)
    {
        Tensor view = WithLayout(layout);
        view._base = _base ?? this;
        view._writes = view._base._writes;
        view._sealed = GradientMode.Enabled ? _sealed : Sealed.MadeWithoutGrad;
        return Record(name, view, [this], [], rule);
    }

    /// <summary>Makes an output of a custom function a value of its own, although it looks into an input's memory.</summary>
    internal void SealInFunction() => (_base, _sealed) = (null, Sealed.MadeInFunction);

    /// <summary>Checks that an in-place operation makes sense here and notes the write.</summary>
    /// <exception cref="InvalidOperationException">Several elements share one place, or the write would bypass the graph.</exception>
    internal void BeforeWrite(string operation)
    {
        CheckWritable(operation);
        MarkWritten(operation);
    }

    /// <summary>Says that the elements are about to be written in place.</summary>
    internal void MarkWritten(string operation) => Storage.Written(operation);

    internal void CheckWritable(string operation)
    {
        if (Layout.Overlaps)
        {
            throw new InvalidOperationException(
                $"{operation}: several elements of {Describe()} (strides [{string.Join(", ", Strides)}]) share one place in memory; "
                + "Clone() it before writing");
        }

        Tensor root = _base ?? this;
        if (!GradientMode.Enabled || !DType.IsFloatingPoint() || !(root.RequiresGrad || RequiresGrad))
        {
            return;
        }

        if (root.IsLeaf && root.RequiresGrad)
        {
            string what = root == this ? "is a leaf that requires gradients" : $"is a view of a leaf that requires gradients ({root.Describe()})";
            throw new InvalidOperationException(
                $"{operation}: {Describe()} {what}; its value is where the graph begins. Write inside GradientMode.NoGrad(), or Clone() it first");
        }

        if (_sealed != Sealed.No)
        {
            string why = _sealed == Sealed.MadeWithoutGrad ? "inside GradientMode.NoGrad()" : $"by a custom function ({Gradients?.Function?.Name})";
            throw new InvalidOperationException(
                $"{operation}: {Describe()} is a view that was made {why}, so its gradient could not be followed; "
                + "make the view outside, or Clone() it first");
        }
    }

    /// <summary>
    /// Enters an in-place operation into the graph. Input 0 of the rule is what this tensor held before; null as its gradient is 0.
    /// </summary>
    internal GradientFunction? RecordInPlace(
        string name, ReadOnlySpan<Tensor> others, ReadOnlySpan<Tensor> saved, Func<GradientFunction, Tensor, Tensor?[]> rule)
    {
        Tensor root = _base ?? this;
        Anomaly.CheckForward(name, this, others);
        if (!Wanted(this, [root, .. others]))
        {
            return null;
        }

        (Layout whole, Layout window) = (root.Layout, Layout);
        BackwardRule backward = root == this
            ? (f, gradients) => rule(f, gradients[0]!)
            : (f, gradients) =>
            {
                Tensor?[] inputs = rule(f, gradients[0]!.TakeWindow(name, whole, window));
                inputs[0] = f.Needs(0) ? gradients[0]!.ReplaceWindow(whole, window, inputs[0]) : null;
                return inputs;
            };
        GradientFunction function = new(name, [root, .. others], backward);
        root.Rebase(new GradientState(root, function, 0));
        function.Save(saved);
        return function;
    }

    /// <summary>Gives a tensor a new place in the graph, which its views follow.</summary>
    internal void Rebase(GradientState now)
    {
        if (Gradients is { Retains: true } before)
        {
            (before.Retains, now.Retains) = (false, true);
        }

        Gradients = now;
        _writes++;
    }

    private void FollowBase()
    {
        Tensor root = _base!;
        int writes = root._writes;
        (Layout whole, Layout window) = (root.Layout, Layout);
        GradientFunction function = new("view", [root], (_, g) => [g[0]!.PutWindow("view", whole, window)]);
        _gradients = new GradientState(this, function, 0);

        // Last, because other threads may read this tensor at the same time.
        Volatile.Write(ref _writes, writes);
    }

    /// <summary>What a window shows of memory in which this tensor lies under the layout <paramref name="whole"/>.</summary>
    private Tensor TakeWindow(string name, Layout whole, Layout window)
    {
        Tensor memory = Memory(whole, window, out long low);
        Backend.Copy(View, memory.WithLayout(whole.At(whole.Offset - low)).View);
        return Record(
            name, memory.WithLayout(window.At(window.Offset - low)).Contiguous(), [this], [], (_, g) => [g.PutWindow(name, whole, window)]);
    }

    /// <summary>
    /// Zeros under the layout <paramref name="whole"/>, with this tensor added where a window looks; several of its elements may meet in a
    /// place.
    /// </summary>
    private Tensor PutWindow(string name, Layout whole, Layout window)
    {
        Tensor memory = Memory(whole, window, out long low);
        Layout at = window.At(window.Offset - low);
        if (window.Overlaps)
        {
            Tensor index = Arange(0, memory.Count, 1, DType.Int64, Device).WithLayout(at).Contiguous().Reshape(Count);
            Backend.Scatter(Backends.ScatterOp.Add, index.View, Contiguous().View.With(Layout.Contiguous([Count])), memory.View, 0);
        }
        else
        {
            Backend.Copy(View, memory.WithLayout(at).View);
        }

        return Record(
            name + "_backward", memory.WithLayout(whole.At(whole.Offset - low)).Contiguous(), [this], [],
            (_, g) => [g.TakeWindow(name, whole, window)]);
    }

    /// <summary>A copy of this tensor, laid out as <paramref name="whole"/>, that shows other values in a window; null is 0.</summary>
    private Tensor ReplaceWindow(Layout whole, Layout window, Tensor? values)
    {
        Tensor memory = Memory(whole, window, out long low);
        Tensor result = memory.WithLayout(whole.At(whole.Offset - low));
        Tensor part = memory.WithLayout(window.At(window.Offset - low));
        Backend.Copy(View, result.View);
        if (values is null)
        {
            Backend.Fill(part.View, 0);
            return Record("replace", result.Contiguous(), [this], [], (_, g) => [g.ReplaceWindow(whole, window, null)]);
        }

        Backend.Copy(values.View, part.View);
        return Record("replace", result.Contiguous(), [this, values], [], (f, g) =>
        [
            f.Needs(0) ? g.ReplaceWindow(whole, window, null) : null,
            f.Needs(1) ? g.TakeWindow("replace", whole, window) : null,
        ]);
    }

    /// <summary>Zeros for all places that either layout reaches; <paramref name="low"/> is the first of them.</summary>
    private Tensor Memory(Layout whole, Layout window, out long low)
    {
        (long first, long last) = whole.Reach;
        (low, long high) = window.Reach;
        (low, high) = (Math.Min(low, first), Math.Max(high, last));
        return Zeros([high - low + 1], DType, Device);
    }
}
