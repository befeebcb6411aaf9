namespace Stretto;

/// <summary>
/// An operation with a hand-written gradient. A derived class holds the constants of the operation and gives both directions;
/// <see cref="Apply"/> calls it. Where <see cref="Backward"/> is written in tensor operations it can be differentiated again.
/// </summary>
public abstract class Function
{
    /// <summary>What the graph and messages call the operation.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>
    /// Whether <see cref="Backward"/> must not be differentiated, because it is not all made of tensor operations: trying it fails with a
    /// message instead of giving wrong numbers.
    /// </summary>
    protected virtual bool OnceDifferentiable => false;

    /// <summary>Computes the outputs; nothing it does is recorded.</summary>
    /// <param name="context">Takes what <see cref="Backward"/> will need.</param>
    /// <param name="inputs">As they were given to <see cref="Apply"/>.</param>
    protected abstract Tensor[] Forward(FunctionContext context, Tensor[] inputs);

    /// <summary>The gradients of the inputs, one for each, null where none flows; runs in a <see cref="TensorScope"/> of its own.</summary>
    /// <param name="context">What <see cref="Forward"/> left.</param>
    /// <param name="gradients">One for each output, zeros where none arrived.</param>
    protected abstract Tensor?[] Backward(FunctionContext context, Tensor[] gradients);

    /// <summary>Runs the operation and records it where an input requires gradients.</summary>
    /// <exception cref="InvalidOperationException">
    /// An output was marked as changed in place but is no input, or is a leaf that requires gradients.
    /// </exception>
    public Tensor[] Apply(params Tensor[] inputs)
    {
        FunctionContext context = new(inputs);
        Tensor[] outputs;
        using (GradientMode.NoGrad())
        {
            outputs = [.. Forward(context, inputs)];
        }

        foreach (Tensor dirty in context.Dirty)
        {
            if (Array.IndexOf(inputs, dirty) < 0 || Array.IndexOf(outputs, dirty) < 0)
            {
                throw new InvalidOperationException(
                    $"{Name}: {dirty.Describe()} is marked dirty but is not both an input and an output; return the input that was changed in place");
            }
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = context.Dirty.Contains(outputs[i]) ? outputs[i] : Fresh(outputs[i], inputs, context);
            Anomaly.CheckForward(Name, outputs[i], inputs);
        }

        Record(context, inputs, outputs);
        return outputs;
    }

    private static Tensor Fresh(Tensor output, Tensor[] inputs, FunctionContext context)
    {
        bool given = Array.IndexOf(inputs, output) >= 0;
        Tensor fresh = given || output.RequiresGrad ? output.Detach() : output;
        if (fresh != output && context.NonDifferentiable.Remove(output))
        {
            context.NonDifferentiable.Add(fresh);
        }

        if (GradientMode.Enabled && inputs.Any(i => i.SharesStorageWith(fresh)))
        {
            fresh.SealInFunction();
        }

        return fresh;
    }

    private void Record(FunctionContext context, Tensor[] inputs, Tensor[] outputs)
    {
        bool[] flows = [.. outputs.Select(o => o.DType.IsFloatingPoint() && !context.NonDifferentiable.Contains(o))];
        if (!GradientMode.Enabled || !inputs.Any(i => i.RequiresGrad) || !flows.Contains(true))
        {
            return;
        }

        foreach (Tensor dirty in context.Dirty)
        {
            dirty.CheckWritable(Name);
        }

        GradientState[] values = [.. outputs.Select(o => new GradientState(o))];
        if (outputs is [{ IsView: true } only] && context.Dirty.Contains(only))
        {
            // What the view held is an input of the function, so the base's own gradient there is 0.
            context.Offset = 1;
            GradientFunction function = only.RecordInPlace(
                Name, inputs, [], (f, g) => [null, .. Differentiate(context, f, values, [g])])!;
            context.SaveInto(function);
            return;
        }

        if (context.Dirty.FirstOrDefault(d => d.IsView) is { } view)
        {
            throw new InvalidOperationException(
                $"{Name}: {view.Describe()} is a view that was changed in place beside other outputs; Clone() it first, or return it alone");
        }

        GradientFunction recorded = new(Name, inputs, (f, g) => Differentiate(context, f, values, g));
        for (int i = 0; i < outputs.Length; i++)
        {
            if (flows[i])
            {
                outputs[i].Rebase(new GradientState(outputs[i], recorded, i));
            }
        }

        context.SaveInto(recorded);
    }

    private Tensor?[] Differentiate(FunctionContext context, GradientFunction function, GradientState[] values, Tensor?[] gradients)
    {
        context.Recorded = function;
        Tensor[] whole = new Tensor[values.Length];
        for (int i = 0; i < whole.Length; i++)
        {
            whole[i] = (i < gradients.Length ? gradients[i] : null) ?? Tensor.Zeros(values[i].Shape, values[i].DType, values[i].Device);
        }

        if (!OnceDifferentiable || !GradientMode.Enabled)
        {
            return Backward(context, whole);
        }

        Tensor?[] once;
        using (GradientMode.NoGrad())
        {
            once = Backward(context, [.. whole.Select(g => g.Detach())]);
        }

        return [.. once.Select(g => g is null ? null : Refusing(g.Detach(), [.. whole, .. context.SavedTensors]))];
    }

    private Tensor Refusing(Tensor gradient, Tensor[] from) => Tensor.Record(
        Name + "_backward", gradient, from, [],
        (_, _) => throw new InvalidOperationException(
            $"{Name} is once-differentiable: its gradient cannot be differentiated again; "
            + "write Backward in tensor operations, and leave out OnceDifferentiable"));
}
