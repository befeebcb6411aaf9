namespace Stretto;

/// <summary>The sum of the gradients that have arrived, as a handle of its own.</summary>
internal struct Inbox
{
    private bool _own;

    public Tensor? Sum { get; private set; }

    public void Add(Tensor gradient)
    {
        if (Sum is null)
        {
            Sum = gradient.Alias(scoped: false);
        }
        else if (_own && !GradientMode.Enabled)
        {
            Sum.AddInPlace(gradient);
        }
        else
        {
            Tensor old = Sum;
            Sum = (old + gradient).Alias(scoped: false);
            _own = true;
            old.Dispose();
        }
    }

    public void Replace(Tensor gradient)
    {
        Tensor? old = Sum;
        Sum = gradient.Alias(scoped: false);
        old?.Dispose();
    }

    public void Clear()
    {
        Sum?.Dispose();
        Sum = null;
    }
}
