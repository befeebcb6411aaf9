// Where tensor memory goes: dotnet run -c Release --project samples/Memory
using Stretto;

Generator random = new(1);
using Tensor weight = Tensor.Randn([512, 512], random);
weight.RequiresGrad = true;
List<Tensor> history = [];
using MemoryTrace trace = MemoryStats.Trace();
for (int step = 0; step < 20; step++)
{
    using TensorScope scope = TensorScope.Begin();
    Tensor loss = Tensor.MatMul(Tensor.Randn([64, 512], random), weight).Tanh().Square().Mean();
    loss.Backward();
    weight.Grad!.FillInPlace(0);

    // The leak: no backward pass ends this graph, so keeping its result keeps it whole. NoGrad(), or Detach() before Keep, would not.
    Tensor check = Tensor.MatMul(Tensor.Randn([64, 512], random), weight).Tanh().Square().Mean();
    history.Add(scope.Keep(check));
}

Console.WriteLine(MemoryStats.Now);
Console.WriteLine(string.Join('\n', MemoryStats.Generations()));
Console.WriteLine(string.Join('\n', trace.Largest(5)));
