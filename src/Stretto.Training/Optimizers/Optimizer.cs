namespace Stretto.Training.Optimizers;

/// <summary>
/// Moves parameters against their gradients. The state of each parameter is a list of named tensors, so that it can be saved, sliced
/// and sharded without knowing the method.
/// </summary>
public abstract class Optimizer
{
    private readonly List<Slot> _slots = [];

    /// <param name="groups">The parameters.</param>
    /// <param name="stateOf">The state that the method keeps of a parameter: names and first values.</param>
    /// <exception cref="ArgumentException">A parameter is in the groups twice: it would be moved twice.</exception>
    protected Optimizer(IReadOnlyList<ParameterGroup> groups, Func<Tensor, IEnumerable<KeyValuePair<string, Tensor>>> stateOf)
    {
        HashSet<Tensor> seen = [];
        foreach (ParameterGroup group in groups)
        {
            foreach ((string name, Tensor parameter) in group.Parameters)
            {
                if (!seen.Add(parameter))
                {
                    throw new ArgumentException($"the parameter '{name}' is in the groups twice; a shared parameter belongs there once");
                }

                Dictionary<string, Tensor> state = [];
                foreach ((string key, Tensor value) in stateOf(parameter))
                {
                    state[key] = value.Pin();
                }

                Tensor steps = Tensor.Zeros(Shape.Scalar, DType.Int64, parameter.Device).Pin();
                _slots.Add(new Slot(name, parameter, state, group, steps));
            }
        }
    }

    /// <summary>How many steps were made.</summary>
    public long Steps { get; private set; }

    /// <summary>The state under names like <c>model.norm.weight/exp_avg</c>; <c>/step</c> counts a parameter's own steps.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> State
    {
        get
        {
            List<KeyValuePair<string, Tensor>> all = [];
            foreach (Slot slot in _slots)
            {
                foreach ((string key, Tensor value) in slot.State)
                {
                    all.Add(new($"{slot.Name}/{key}", value));
                }

                all.Add(new($"{slot.Name}/step", slot.StepCount));
            }

            return all;
        }
    }

    /// <summary>Restores the number of steps after <see cref="State"/> was filled from a checkpoint.</summary>
    public void Resume(long steps) => Steps = steps;

    /// <summary>The norm of all gradients together.</summary>
    /// <param name="order">2, 1 or any other; infinity for the largest absolute element.</param>
    public double GradientNorm(double order = 2)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        using TensorScope scope = TensorScope.Begin();
        double total = 0;
        foreach (Tensor gradient in _slots.Select(s => s.Parameter.Grad).OfType<Tensor>().Where(g => g.Count > 0))
        {
            if (order == 2)
            {
                total += gradient.Backend.SumOfSquares(gradient.View);
                continue;
            }

            double norm = gradient.Reshape(-1).VectorNorm(order).Item();
            total = double.IsPositiveInfinity(order) ? (norm > total || double.IsNaN(norm) ? norm : total) : total + Math.Pow(norm, order);
        }

        return double.IsPositiveInfinity(order) ? total : Math.Pow(total, 1 / order);
    }

    /// <summary>Scales all gradients so that their norm is at most <paramref name="maxNorm"/>, in place, and returns the norm before.</summary>
    /// <remarks>The factor is maxNorm / (norm + 10⁻⁶), at most 1. Pascanu et al., 2013.</remarks>
    /// <param name="maxNorm">The largest norm.</param>
    /// <param name="order">2, 1 or any other; infinity for the largest absolute element.</param>
    /// <param name="errorIfNonFinite">Whether a norm that is not finite is an error; otherwise it spoils the gradients.</param>
    /// <exception cref="InvalidOperationException">The norm is not finite, where that is an error; nothing was changed.</exception>
    public double ClipGradientNorm(double maxNorm, double order = 2, bool errorIfNonFinite = false)
    {
        double norm = GradientNorm(order);
        if (errorIfNonFinite && !double.IsFinite(norm))
        {
            throw new InvalidOperationException($"the norm of the gradients is {norm}; nothing was clipped");
        }

        double coefficient = maxNorm / (norm + 1e-6);
        foreach (Slot slot in _slots)
        {
            slot.Parameter.Grad?.ScaleInPlace(coefficient < 1 || double.IsNaN(coefficient) ? coefficient : 1);
        }

        return norm;
    }

    /// <summary>Moves every element of every gradient into [−limit, limit], in place.</summary>
    public void ClipGradientValue(double limit)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        using TensorScope scope = TensorScope.Begin();
        foreach (Slot slot in _slots)
        {
            slot.Parameter.Grad?.CopyFrom(slot.Parameter.Grad.Clamp(-limit, limit));
        }
    }

    /// <summary>One step with every parameter that has a gradient; the others are left alone.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="gradientScale">Multiplies each gradient first: 1 / tokens, clipping.</param>
    public void Step(double rate, double gradientScale = 1)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        Steps++;
        foreach (Slot slot in _slots)
        {
            if (slot.Parameter.Grad is not { } gradient)
            {
                continue;
            }

            using TensorScope scope = TensorScope.Begin();
            slot.StepCount.AddInPlace(Tensor.Scalar(1, DType.Int64, slot.StepCount.Device));
            slot.Parameter.MarkWritten("the optimizer");
            Update(slot, gradient, rate * slot.Group.RateFactor, slot.Group.Maximize ? -gradientScale : gradientScale);
        }
    }

    /// <summary>Sets every gradient to zero and keeps its memory.</summary>
    public void ZeroGradients()
    {
        foreach (Slot slot in _slots)
        {
            slot.Parameter.Grad?.FillInPlace(0);
        }
    }

    /// <summary>Moves one parameter in place.</summary>
    /// <param name="slot">The parameter and its state.</param>
    /// <param name="gradient">Its gradient, to be multiplied by the scale; not to be changed.</param>
    /// <param name="rate">The learning rate of its group.</param>
    /// <param name="gradientScale">See <see cref="Step"/>.</param>
    protected abstract void Update(Slot slot, Tensor gradient, double rate, double gradientScale);

    /// <summary>State tensors of the parameter's shape, zeros at first.</summary>
    protected static Func<Tensor, IEnumerable<KeyValuePair<string, Tensor>>> Zeros(params string[] names) => parameter =>
        names.Select(n => new KeyValuePair<string, Tensor>(n, Tensor.Zeros(parameter.Shape, parameter.DType, parameter.Device)));

    /// <summary>One parameter as the method sees it.</summary>
    protected sealed record Slot(
        string Name, Tensor Parameter, IReadOnlyDictionary<string, Tensor> State, ParameterGroup Group, Tensor StepCount)
    {
        /// <summary>The parameter's own steps, this one included.</summary>
        public long Steps => (long)StepCount.Item();

        /// <summary>The group's weight decay, or the method's.</summary>
        public double Decay(double ofMethod) => Group.WeightDecay ?? ofMethod;

        /// <summary>state = factor · state + (1 − factor) · value.</summary>
        public Tensor Average(string name, double factor, Tensor value) =>
            State[name].CopyFrom((State[name] * factor) + (value * (1 - factor)));
    }
}
