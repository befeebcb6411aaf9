namespace Stretto;

/// <summary>
/// Derivatives of functions, by the names of torch.autograd.functional. Every function gets copies of its inputs that require gradients;
/// with <c>createGraph</c> the copies stay in the graph of the inputs, and the results can be differentiated again.
/// </summary>
public static partial class Autograd
{
    /// <summary>All derivatives: [shape of the output, shape of the input].</summary>
    public static Tensor Jacobian(Func<Tensor, Tensor> function, Tensor input, bool createGraph = false) =>
        Jacobian(x => [function(x[0])], [input], createGraph)[0][0];

    /// <summary>All derivatives: element [i][j] is that of output i by input j, [shape of output i, shape of input j].</summary>
    public static Tensor[][] Jacobian(Func<Tensor[], Tensor[]> function, Tensor[] inputs, bool createGraph = false)
    {
        (Tensor[] x, Tensor[] y) = Call(function, inputs, createGraph);
        using GradientMode.Restore on = GradientMode.EnableGrad();
        Tensor[][] result = new Tensor[y.Length][];
        for (int i = 0; i < y.Length; i++)
        {
            List<Tensor>[] rows = [.. x.Select(_ => new List<Tensor>())];
            for (long place = 0; place < y[i].Count; place++)
            {
                Tensor[] row = Pull([y[i]], x, [OneAt(y[i], place)], createGraph);
                for (int j = 0; j < x.Length; j++)
                {
                    rows[j].Add(row[j]);
                }
            }

            result[i] = new Tensor[x.Length];
            for (int j = 0; j < x.Length; j++)
            {
                Shape shape = Shape.Create([.. y[i].Shape.Sizes, .. x[j].Shape.Sizes]);
                result[i][j] = rows[j].Count == 0 ? Tensor.Zeros(shape, x[j].DType, x[j].Device) : Tensor.Stack(rows[j]).Reshape(shape);
            }
        }

        return result;
    }

    /// <summary>The second derivatives of a single number: [shape of the input, shape of the input].</summary>
    public static Tensor Hessian(Func<Tensor, Tensor> function, Tensor input, bool createGraph = false) =>
        Hessian(x => function(x[0]), [input], createGraph)[0][0];

    /// <summary>The second derivatives of a single number: element [i][j] is that by inputs i and j.</summary>
    /// <exception cref="ArgumentException">The function gives more than one number.</exception>
    public static Tensor[][] Hessian(Func<Tensor[], Tensor> function, Tensor[] inputs, bool createGraph = false) =>
        Jacobian(Slope("hessian", function), inputs, createGraph);

    /// <summary>The outputs, and vᵀ · Jacobian: a gradient for each input.</summary>
    /// <param name="function">What to differentiate.</param>
    /// <param name="inputs">Where.</param>
    /// <param name="v">One for each output, of its shape; null where a single number takes 1.</param>
    /// <param name="createGraph">Keep the results in the graph.</param>
    public static (Tensor[] Outputs, Tensor[] Products) Vjp(
        Func<Tensor[], Tensor[]> function, Tensor[] inputs, IReadOnlyList<Tensor?>? v = null, bool createGraph = false)
    {
        (Tensor[] x, Tensor[] y) = Call(function, inputs, createGraph);
        CheckCount("vjp", "output", y.Length, v);
        using GradientMode.Restore on = GradientMode.EnableGrad();
        return (Free(y, createGraph), Pull(y, x, [.. y.Select((o, i) => Tensor.SeedFor("vjp", o, v?[i]))], createGraph));
    }

    /// <summary>The outputs, and Jacobian · v: a change for each output.</summary>
    /// <param name="function">What to differentiate; its gradients must be differentiable (the products are made by a second backward pass).</param>
    /// <param name="inputs">Where.</param>
    /// <param name="v">One for each input, of its shape; null where a single number takes 1.</param>
    /// <param name="createGraph">Keep the results in the graph.</param>
    public static (Tensor[] Outputs, Tensor[] Products) Jvp(
        Func<Tensor[], Tensor[]> function, Tensor[] inputs, IReadOnlyList<Tensor?>? v = null, bool createGraph = false)
    {
        (Tensor[] x, Tensor[] y) = Call(function, inputs, createGraph);
        CheckCount("jvp", "input", x.Length, v);
        using GradientMode.Restore on = GradientMode.EnableGrad();
        Tensor[] seeds = [.. x.Select((input, i) => Tensor.SeedFor("jvp", input, v?[i]))];

        // vjp(u) is linear in u, so its derivative by u along v is the Jacobian times v.
        Tensor[] u = [.. y.Select(o => Leaf(Tensor.Zeros(o.Shape, o.DType, o.Device)))];
        Tensor[] pulled = Pull(y, x, u, true);
        return (Free(y, createGraph), Pull(pulled, u, seeds, createGraph));
    }

    /// <summary>The value of a single number, and vᵀ · Hessian.</summary>
    /// <exception cref="ArgumentException">The function gives more than one number.</exception>
    public static (Tensor Output, Tensor[] Products) Vhp(
        Func<Tensor[], Tensor> function, Tensor[] inputs, IReadOnlyList<Tensor?>? v = null, bool createGraph = false)
    {
        Tensor? output = null;
        Tensor[] products = Vjp(Slope("vhp", function, y => output = y), inputs, v, createGraph).Products;
        return (Free([output!], createGraph)[0], products);
    }

    /// <summary>The value of a single number, and Hessian · v; <see cref="Vhp"/> is faster and equal where the Hessian is symmetric.</summary>
    /// <exception cref="ArgumentException">The function gives more than one number.</exception>
    public static (Tensor Output, Tensor[] Products) Hvp(
        Func<Tensor[], Tensor> function, Tensor[] inputs, IReadOnlyList<Tensor?>? v = null, bool createGraph = false)
    {
        Tensor? output = null;
        Tensor[] products = Jvp(Slope("hvp", function, y => output = y), inputs, v, createGraph).Products;
        return (Free([output!], createGraph)[0], products);
    }

    /// <summary>A leaf of these values.</summary>
    internal static Tensor Leaf(Tensor values)
    {
        Tensor leaf = values.Detach();
        leaf.RequiresGrad = true;
        return leaf;
    }

    private static (Tensor[] Inputs, Tensor[] Outputs) Call(Func<Tensor[], Tensor[]> function, Tensor[] inputs, bool createGraph)
    {
        using GradientMode.Restore on = GradientMode.EnableGrad();
        Tensor[] x = [.. inputs.Select(i => createGraph && i.RequiresGrad
            ? Tensor.Record("view", i.Detach(), [i], [], (_, g) => [g])
            : Leaf(i))];
        return (x, function(x));
    }

    /// <summary>Gradients of the inputs, zeros where an output does not depend on them.</summary>
    private static Tensor[] Pull(Tensor[] outputs, Tensor[] inputs, Tensor[] seeds, bool createGraph)
    {
        int[] live = [.. Enumerable.Range(0, outputs.Length).Where(i => outputs[i].RequiresGrad)];
        return live.Length == 0
            ? [.. inputs.Select(i => Tensor.Zeros(i.Shape, i.DType, i.Device))]
            : [.. Grad(
                [.. live.Select(i => outputs[i])], inputs, [.. live.Select(i => seeds[i])],
                retainGraph: true, createGraph: createGraph, materializeGrads: true).Select(g => g!)];
    }

    private static Func<Tensor[], Tensor[]> Slope(string name, Func<Tensor[], Tensor> function, Action<Tensor>? seen = null) => x =>
    {
        Tensor y = function(x);
        seen?.Invoke(y);
        return y.Count == 1
            ? Pull([y], x, [Tensor.Ones(y.Shape, y.DType, y.Device)], true)
            : throw new ArgumentException($"{name}: the function gives {y.Describe()}, not a single number; reduce it first");
    };

    private static Tensor OneAt(Tensor like, long place)
    {
        Tensor seed = Tensor.Zeros([like.Count], like.DType, like.Device);
        seed.Narrow(0, place, 1).FillInPlace(1);
        return seed.Reshape(like.Shape);
    }

    private static Tensor[] Free(Tensor[] outputs, bool createGraph) => createGraph ? outputs : [.. outputs.Select(o => o.Detach())];

    private static void CheckCount(string name, string of, int count, IReadOnlyList<Tensor?>? v)
    {
        if (v is not null && v.Count != count)
        {
            throw new ArgumentException($"{name}: v has {v.Count} tensors, it needs one for each {of}: {count}");
        }
    }
}
