// Defines a small network by sub-classing, trains it on a spiral of three arms, prints it, saves it: dotnet run --project samples/SmallNetwork
using Stretto;
using Stretto.Nn;
using Stretto.Training.Optimizers;
using Stretto.Weights;

Generator.ManualSeed(1);
Classifier model = new(inputs: 2, hidden: 32, classes: 3);
Console.WriteLine(model);
Console.WriteLine(model.Summary([4, 2]));

(Tensor points, Tensor arms) = Spiral(count: 300);
AdamW optimizer = new(ParameterGroup.DecayWeights(model), new AdamWOptions(WeightDecay: 0.01));
for (int step = 0; step < 50; step++)
{
    using TensorScope scope = TensorScope.Begin();
    model.ZeroGrad();
    Tensor loss = Tensor.CrossEntropySum(model.Forward(points), arms) / arms.Count;
    loss.Backward();
    optimizer.Step(rate: 0.02);
    if (step % 10 == 9)
    {
        Console.WriteLine($"step {step + 1}: loss {loss.Item():F3}");
    }
}

string path = Path.Combine(Path.GetTempPath(), "spiral.safetensors");
model.Save(path);
Classifier copy = new(2, 32, 3);
using (SafeTensors file = new(path))
{
    copy.Load(file, strict: true);
}

copy.Eval();
long[] found = copy.Forward(points).Argmax(1).ToArray<long>();
Console.WriteLine($"{found.Zip(arms.ToArray<long>()).Count(p => p.First == p.Second)} of {found.Length} points are on the right arm");
File.Delete(path);

static (Tensor Points, Tensor Arms) Spiral(int count)
{
    float[] points = new float[2 * count];
    long[] arms = new long[count];
    for (int i = 0; i < count; i++)
    {
        arms[i] = i % 3;
        double radius = (double)i / count;
        double angle = (4 * radius) + (arms[i] * 2 * Math.PI / 3) + (0.1 * Generator.Default.NextDouble());
        points[2 * i] = (float)(radius * Math.Cos(angle));
        points[(2 * i) + 1] = (float)(radius * Math.Sin(angle));
    }

    return (Tensor.From(points, [count, 2]), Tensor.From(arms));
}

internal sealed class Classifier : Layer
{
    private readonly Linear _hidden;
    private readonly Dropout _dropout;
    private readonly Linear _head;

    public Classifier(int inputs, int hidden, int classes)
    {
        _hidden = Child("hidden", new Linear(inputs, hidden));
        _dropout = Child("dropout", new Dropout(0.05));
        _head = Child("head", new Linear(hidden, classes));
    }

    protected override Tensor ForwardCore(Tensor x) => _head.Forward(_dropout.Forward(_hidden.Forward(x).Relu()));
}
