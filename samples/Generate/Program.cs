// Writes a story with a model folder: dotnet run --project samples/Generate -- models/tales "Once upon a time"
using Stretto.Inference.Generation;

using Engine engine = Engine.Load(args[0]);
GenerationRequest request = new() { Prompt = engine.Tokenizer!.Encode(args[1]), MaxTokens = 300 };
Console.Write(args[1]);
await foreach (TokenEvent item in engine.GenerateAsync(request))
{
    Console.Write(item.Text);
}

Console.WriteLine();
