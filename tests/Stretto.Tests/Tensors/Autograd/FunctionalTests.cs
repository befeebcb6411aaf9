namespace Stretto.Tests.Tensors;

/// <summary>Jacobians, Hessians and their products against values worked out by hand, and checks of checks.</summary>
public sealed class FunctionalTests
{
    private static Tensor X => Tensor.From([1.0, 2, 3]);

    private static Tensor Y => Tensor.From([0.5, -1, 2]);

    [Fact]
    public void Jacobians()
    {
        Assert.Equal([2.0, 0, 0, 0, 4, 0, 0, 0, 6], Autograd.Jacobian(x => x.Square(), X).ToArray<double>());
        Tensor[][] two = Autograd.Jacobian(i => [i[0] * i[1], i[0].Sum()], [X, Y]);
        Assert.Equal([0.5, 0, 0, 0, -1, 0, 0, 0, 2], two[0][0].ToArray<double>());
        Assert.Equal([1.0, 0, 0, 0, 2, 0, 0, 0, 3], two[0][1].ToArray<double>());
        Assert.Equal([1.0, 1, 1], two[1][0].ToArray<double>());
        Assert.Equal([0.0, 0, 0], two[1][1].ToArray<double>());
        Assert.Equal([0.0, 0, 0], Autograd.Jacobian(_ => Tensor.From([1.0]), X).ToArray<double>());
    }

    [Fact]
    public void Hessians()
    {
        Assert.Equal([6.0, 0, 0, 0, 12, 0, 0, 0, 18], Autograd.Hessian(x => (x * x * x).Sum(), X).ToArray<double>());
        Tensor[][] two = Autograd.Hessian(i => (i[0].Square() * i[1]).Sum(), [X, Y]);
        Assert.Equal([1.0, 0, 0, 0, -2, 0, 0, 0, 4], two[0][0].ToArray<double>());
        Assert.Equal([2.0, 0, 0, 0, 4, 0, 0, 0, 6], two[0][1].ToArray<double>());
        Assert.Equal(two[0][1].ToArray<double>(), two[1][0].ToArray<double>());
        Assert.Equal(new double[9], two[1][1].ToArray<double>());
        Assert.Equal(new double[9], Autograd.Hessian(x => x.Sum(), X).ToArray<double>());
        Assert.Contains("hessian", Assert.Throws<ArgumentException>(() => Autograd.Hessian(x => x * x, X)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ProductsAgreeWithTheWholeMatrices()
    {
        Tensor[] Function(Tensor[] i) => [(i[0].Sin() * i[1]).Cumsum(0), i[0] * i[0].Sum()];
        (Tensor u, Tensor v) = (Tensor.From([0.3, -0.7, 1.1]), Tensor.From([-0.2, 0.9, 0.4]));
        Tensor[][] jacobian = Autograd.Jacobian(Function, [X, Y]);
        (Tensor[] outputs, Tensor[] pulled) = Autograd.Vjp(Function, [X, Y], [u, v]);
        (_, Tensor[] pushed) = Autograd.Jvp(Function, [X, Y], [u, v]);
        Same(Function([X, Y])[0], outputs[0]);
        for (int k = 0; k < 2; k++)
        {
            Same(Row(u, jacobian[0][k]) + Row(v, jacobian[1][k]), pulled[k]);
            Same(Row(u, jacobian[k][0].Transpose(0, 1)) + Row(v, jacobian[k][1].Transpose(0, 1)), pushed[k]);
        }

        Tensor Scalar(Tensor[] i) => Function(i)[0].Sum() * i[1].Sum();
        Tensor[][] hessian = Autograd.Hessian(Scalar, [X, Y]);
        (Tensor value, Tensor[] left) = Autograd.Vhp(Scalar, [X, Y], [u, v]);
        (_, Tensor[] right) = Autograd.Hvp(Scalar, [X, Y], [u, v]);
        Same(Scalar([X, Y]), value);
        for (int k = 0; k < 2; k++)
        {
            Tensor expected = Row(u, hessian[0][k]) + Row(v, hessian[1][k]);
            Same(expected, left[k]);
            Same(expected, right[k]);
        }
    }

    [Fact]
    public void ResultsStayInTheGraphWhenAsked()
    {
        Tensor x = X;
        x.RequiresGrad = true;
        Tensor jacobian = Autograd.Jacobian(t => t * t * t, x, createGraph: true);
        Assert.Equal([6.0, 12, 18], Autograd.Grad(jacobian.Sum(), x).ToArray<double>());
        Assert.False(Autograd.Jacobian(t => t * t, x).RequiresGrad);
        Assert.Null(x.Grad);
        using GradientMode.Restore off = GradientMode.NoGrad();
        Assert.Equal(2, Autograd.Jacobian(t => t * t, X).ToArray<double>()[0]);
    }

    [Fact]
    public void GradCheckNamesInputElementAndValues()
    {
        Tensor x = Tensor.From([0.3, -1.2, 0.7, 0.2], [2, 2]);
        Tensor places = Tensor.From([1L, 0L]);
        GradCheck.Run(i => i[0].Tanh() * i[0].Exp(), [x]);
        GradCheck.Run(i => i[0].IndexSelect(i[1]).Square(), [x, places]);
        GradGradCheck.Run(i => [i[0].Sin(), i[0].Sum([0]).Square()], [x]);
        Fails(
            () => GradCheck.Run(i => i[1] * i[0].Detach(), [x, x]),
            "input 0, element [0, 0]: the gradient is 0, the difference quotient is 0.2524");
        Fails(() => GradCheck.Run(i => Tensor.Where(Tensor.From([false, true]), i[0].Detach(), i[0]), [x]), "element [0, 1]");
        Fails(() => GradCheck.Run(i => i[0].Detach(), [x]), "does not depend");
        Fails(() => GradGradCheck.Run(i => new Cube().Apply(i[0])[0], [x]), "input 0, element [0, 0]");
        string message = Assert.Throws<ArgumentException>(() => GradCheck.Run(i => i[0], [Tensor.From([1f])])).Message;
        Assert.Contains("To(DType.Float64)", message, StringComparison.Ordinal);
    }

    private static Tensor Row(Tensor v, Tensor matrix) => Tensor.MatMul(v.Unsqueeze(0), matrix).Squeeze(0);

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.ToArray<double>(), actual.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    private static void Fails(Action action, string words) =>
        Assert.Contains(words, Assert.Throws<InvalidOperationException>(action).Message, StringComparison.Ordinal);

    /// <summary>Right at first order only.</summary>
    private sealed class Cube : Function
    {
        protected override Tensor[] Forward(FunctionContext context, Tensor[] inputs)
        {
            context.SaveForBackward(inputs);
            return [inputs[0].Pow(3)];
        }

        protected override Tensor?[] Backward(FunctionContext context, Tensor[] gradients) =>
            [gradients[0] * context.SavedTensors[0].Detach().Square() * 3];
    }
}
