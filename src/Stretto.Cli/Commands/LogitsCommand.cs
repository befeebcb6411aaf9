using System.CommandLine;
using System.Globalization;
using Stretto.Models;
using Stretto.Nn;
using Stretto.Weights;

namespace Stretto.Cli.Commands;

/// <summary><c>stretto logits --tokens 1,2,3 --out FILE</c></summary>
internal static class LogitsCommand
{
    public static Command Create()
    {
        Option<string?> model = new("--model", "-m") { Description = "A model folder; without it the model that comes with Stretto." };
        Option<string> tokens = new("--tokens") { Description = "Token ids, separated by commas.", Required = true };
        Option<string> output = new("--out") { Description = "The safetensors file to write: tensor 'logits', float32 [tokens, vocabulary].", Required = true };
        Command command = new("logits", "Compute the logits at every position of a list of tokens.\n\nExample: stretto logits --tokens 1,2,3 --out logits.safetensors")
        {
            model, tokens, output,
        };
        command.SetAction(parsed =>
        {
            CausalLM loaded = ModelRegistry.Load(ModelFolder.Find(parsed.GetValue(model)));
            int[] ids = Parse(parsed.GetValue(tokens)!, loaded);
            loaded.Freeze();
            using GradientMode.Restore off = GradientMode.NoGrad();
            using TensorScope scope = TensorScope.Begin();
            Tensor logits = loaded.Logits(loaded.Hidden(Batch.Packed([ids])));
            SafeTensorsWriter.Write(parsed.GetValue(output)!, [new("logits", logits)]);
            return 0;
        });
        return command;
    }

    private static int[] Parse(string text, CausalLM model)
    {
        List<int> ids = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            ids.Add(int.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out int id) && (uint)id < (uint)model.VocabularySize
                ? id
                : throw new UserErrorException($"--tokens: '{part}' is no token id from 0 to {model.VocabularySize - 1}"));
        }

        return ids.Count <= model.MaxPositions
            ? [.. ids]
            : throw new UserErrorException($"--tokens: {ids.Count} tokens are more than the model's context of {model.MaxPositions}");
    }
}
