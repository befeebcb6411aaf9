namespace Stretto;

/// <summary>What differentiation knows of a value; shared by all handles on it. A recorded write in place makes a new one.</summary>
internal sealed class GradientState
{
    /// <summary>A leaf that collects its gradient.</summary>
    public GradientState(Tensor value)
    {
        Shape = value.Shape;
        DType = value.DType;
        Device = value.Device;
    }

    /// <summary>Output number <paramref name="output"/> of a recorded operation.</summary>
    public GradientState(Tensor value, GradientFunction function, int output) : this(value)
    {
        Function = function;
        Output = output;
        function.Attach(this);
    }

    public Shape Shape { get; }

    public DType DType { get; private set; }

    public Device Device { get; private set; }

    public GradientFunction? Function { get; }

    public int Output { get; }

    public Tensor? Gradient { get; set; }

    /// <summary>Whether the result of an operation keeps its gradient as a leaf does.</summary>
    public bool Retains { get; set; }

    /// <summary>Run on the whole gradient of a pass before it is used; what they return replaces it.</summary>
    public HookList<Func<Tensor, Tensor?>>? Hooks { get; private set; }

    /// <summary>Run after a pass has added to a leaf's gradient.</summary>
    public HookList<Action>? AfterAccumulation { get; private set; }

    /// <summary>Where the value came from, for messages.</summary>
    public string Origin => Function is null ? "a leaf" : $"output {Output} of {Function.Name}";

    public IDisposable AddHook(Func<Tensor, Tensor?> hook) => (Hooks ??= new()).Add(hook);

    public IDisposable AddAfterAccumulation(Action hook) => (AfterAccumulation ??= new()).Add(hook);

    /// <summary>Notes that a leaf was converted or moved.</summary>
    public void Became(Tensor value) => (DType, Device) = (value.DType, value.Device);

    /// <exception cref="InvalidOperationException">The gradient does not fit this value.</exception>
    public void Check(string source, Tensor gradient)
    {
        if (gradient.Shape != Shape || gradient.DType != DType || gradient.Device != Device)
        {
            throw new InvalidOperationException(
                $"{source} gave the gradient {gradient.Describe()} for a value that is {DType.Name()} {Shape} on {Device}; "
                + "a gradient has the shape and dtype of its value: reduce it, or use To(dtype)");
        }
    }
}
