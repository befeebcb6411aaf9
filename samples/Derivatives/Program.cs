// Derivatives at work: dotnet run --project samples/Derivatives
using Stretto;

// Newton's method finds the minimum of Rosenbrock's valley from its gradient and its Hessian.
static Tensor Valley(Tensor p) => (1 - p[0]).Square() + ((p[1] - p[0].Square()).Square() * 100);

Tensor point = Tensor.From([-1.2, 1.0]);
for (int step = 0; step < 6; step++)
{
    Tensor at = point.Detach();
    at.RequiresGrad = true;
    Tensor gradient = Autograd.Grad(Valley(at), at);
    Console.WriteLine($"step {step}: value {Valley(point).Item():G4} at {point}");
    point -= Linalg.Solve(Autograd.Hessian(Valley, point), gradient);
}

Console.WriteLine($"found {point}");

// An operation of our own: it rounds, and lets the gradient pass as if it had not. A hook watches it come back.
Tensor weights = Tensor.From([0.2, 1.7, -0.6]);
weights.RequiresGrad = true;
using (weights.RegisterHook(g =>
{
    Console.WriteLine($"gradient {g}");
    return null;
}))
{
    (new StraightThroughRound().Apply(weights)[0] * Tensor.From([1.0, 2.0, 3.0])).Sum().Backward();
}

// Where does the NaN come from?
using (Autograd.DetectAnomaly())
{
    Tensor zero = Tensor.From([0.0]);
    zero.RequiresGrad = true;
    try
    {
        (zero.Sqrt() * 0).Backward(Tensor.From([1.0]));
    }
    catch (InvalidOperationException e)
    {
        Console.WriteLine(e.Message);
    }
}

/// <summary>Bengio et al., Estimating or Propagating Gradients Through Stochastic Neurons, 2013.</summary>
internal sealed class StraightThroughRound : Function
{
    protected override Tensor[] Forward(FunctionContext context, Tensor[] inputs) => [inputs[0].Round()];

    protected override Tensor?[] Backward(FunctionContext context, Tensor[] gradients) => [gradients[0]];
}
