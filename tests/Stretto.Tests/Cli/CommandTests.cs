using System.Diagnostics;
using System.Text.Json;
using Stretto.Tests.Golden;

namespace Stretto.Tests.Cli;

/// <summary>The program as a user meets it: output, one-line errors, exit codes.</summary>
public sealed class CommandTests
{
    [Fact]
    public void RunPrintsTheStoryAndALineOfStatistics()
    {
        (int code, string output, string error) = Start(null, "run", "Once upon a time", "--seed", "1", "--max-tokens", "12");
        Assert.Equal(0, code);
        Assert.StartsWith("Once upon a time", output, StringComparison.Ordinal);
        Assert.Contains("tok/s", error, StringComparison.Ordinal);
    }

    [Fact]
    public void RunReadsStandardInputAndPrintsJson()
    {
        (int code, string output, _) = Start("Tim had a red kite.\n", "run", "-", "--json", "--temperature", "0", "--max-tokens", "8");
        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(8, json.GetProperty("tokens").GetArrayLength());
        Assert.Equal("length", json.GetProperty("finish_reason").GetString());
        foreach (string key in new[] { "prompt_tokens", "completion_tokens", "time_to_first_token_ms", "prefill_tokens_per_second",
            "decode_tokens_per_second", "passes", "tokens_per_pass", "peak_memory_bytes" })
        {
            Assert.True(json.GetProperty(key).GetDouble() >= 0, key);
        }
    }

    [Theory]
    [InlineData(3, "--n", "3", "--seed", "5", "--repeat-penalty", "1.1", "--dry-multiplier", "0.8", "--logit-bias", "5=-100")]
    [InlineData(2, "--n", "2", "--beams", "3")]
    public void RunPrintsSeveralTexts(int count, params string[] options)
    {
        (int code, string output, _) = Start(null, ["run", "Once upon a time", "--json", "--max-tokens", "9", .. options]);
        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        string[] texts = [.. json.GetProperty("samples").EnumerateArray().Select(s => s.GetProperty("text").GetString()!)];
        Assert.Equal(count, texts.Distinct().Count());
        Assert.Equal(texts[0], json.GetProperty("text").GetString());
    }

    [Fact]
    public void RunPrintsLogProbabilities()
    {
        (int code, string output, _) = Start(null, "run", "Once upon a time", "--json", "--temperature", "0", "--max-tokens", "4", "--logprobs", "3");
        Assert.Equal(0, code);
        foreach (JsonElement item in JsonDocument.Parse(output).RootElement.GetProperty("logprobs").EnumerateArray())
        {
            Assert.Equal(3, item.GetProperty("top").GetArrayLength());
            Assert.Equal(item.GetProperty("token").GetInt32(), item.GetProperty("top")[0].GetProperty("token").GetInt32());
            Assert.Equal(item.GetProperty("logprob").GetDouble(), item.GetProperty("top")[0].GetProperty("logprob").GetDouble());
        }
    }

    [Fact]
    public void LogitsAndInfoWork()
    {
        string file = Path.Combine(Path.GetTempPath(), $"stretto-{Guid.NewGuid():N}.safetensors");
        Assert.Equal(0, Start(null, "logits", "--tokens", "1,2,3", "--out", file).Code);
        using (Stretto.Weights.SafeTensors source = new(file))
        {
            Assert.Equal([3L, 2048L], source.Entries["logits"].Shape.ToArray());
        }

        File.Delete(file);
        (int code, string output, _) = Start(null, "info");
        Assert.Equal(0, code);
        Assert.Contains("1,968,064", output, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelTrainedOnTalesCanBeExamined()
    {
        string folder = Directory.CreateTempSubdirectory("stretto-exam").FullName;
        string config = Path.Combine(folder, "tiny.json");
        File.WriteAllText(config, """
            { "model": { "hidden_size": 16, "intermediate_size": 16, "layers": 1, "heads": 2, "kv_heads": 1, "max_positions": 1024 },
              "tokenizer": { "vocabulary_size": 600, "documents": 100 }, "steps": 2, "batch_tokens": 512, "evaluation_batches": 1 }
            """);
        Assert.Equal(0, Start(null, "train", config, "--output", Path.Combine(folder, "run")).Code);
        string model = Path.Combine(folder, "run", "model");
        JsonElement shape = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(model, "config.json"))).RootElement;
        Assert.Equal([0, 2], shape.GetProperty("eos_token_id").EnumerateArray().Select(e => e.GetInt32()));
        Assert.Contains(
            "<|im_start|>", File.ReadAllText(Path.Combine(model, "tokenizer_config.json")).Replace("\\u003C", "<", StringComparison.Ordinal).Replace("\\u003E", ">", StringComparison.Ordinal),
            StringComparison.Ordinal);
        (int code, string output, _) = Start(null, "exam", "--model", model, "--questions", "8", "--max-tokens", "8", "--json");
        Directory.Delete(folder, recursive: true);
        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(8, json.GetProperty("questions").GetInt32());
        foreach (string key in new[] { "exact_answers", "valid_json", "exact_json", "arithmetic" })
        {
            Assert.Equal(2, json.GetProperty(key).GetProperty("total").GetInt32());
            Assert.InRange(json.GetProperty(key).GetProperty("percent").GetDouble(), 0, 100);
        }

        Assert.True(json.GetProperty("entity_consistency").GetProperty("total").GetInt32() >= 2);
    }

    [Fact]
    public void TheModelThatComesWithStrettoCanBeExamined()
    {
        (int code, string output, string error) = Start(null, "exam", "--questions", "4", "--max-tokens", "40");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(5, output.TrimEnd().Split('\n').Length);
        Assert.Contains("entity consistency", output, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutArgumentsItPrintsHelp()
    {
        (int code, string output, _) = Start(null);
        Assert.Equal(0, code);
        Assert.Contains("run", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prompt is empty", "run", "")]
    [InlineData("no model folder", "run", "x", "--model", "/no/such/folder")]
    [InlineData("--bogus", "run", "x", "--bogus")]
    [InlineData("temperature", "run", "x", "--temperature", "-1")]
    [InlineData("top_p", "run", "x", "--top-p", "2")]
    [InlineData("--threads", "run", "x", "--threads", "0")]
    [InlineData("max_tokens", "run", "x", "--max-tokens", "0")]
    [InlineData("does not exist", "train", "/no/such/file.json")]
    [InlineData("token id", "logits", "--tokens", "1,two", "--out", "/tmp/unused.safetensors")]
    [InlineData("could not be written", "logits", "--tokens", "1", "--out", "/no/such/folder/x.safetensors")]
    [InlineData("typical_p", "run", "x", "--typical", "0")]
    [InlineData("repetition_penalty", "run", "x", "--repeat-penalty", "0")]
    [InlineData("presence_penalty", "run", "x", "--presence-penalty", "1e9")]
    [InlineData("frequency_penalty", "run", "x", "--frequency-penalty", "NaN")]
    [InlineData("dry_base", "run", "x", "--dry-base", "0.5")]
    [InlineData("one token", "run", "x", "--dry-breaker", "a long text of many words")]
    [InlineData("TOKEN=BIAS", "run", "x", "--logit-bias", "word")]
    [InlineData("logit_bias", "run", "x", "--logit-bias", "7=1000")]
    [InlineData("vocabulary", "run", "x", "--logit-bias", "99999=1")]
    [InlineData("n 1000000", "run", "x", "--n", "1000000")]
    [InlineData("beams 0", "run", "x", "--beams", "0")]
    [InlineData("beams 0 must be at least 1", "run", "x", "--beams", "0")]
    [InlineData("greater than beams", "run", "x", "--beams", "2", "--n", "3")]
    [InlineData("logprobs", "run", "x", "--json", "--logprobs", "1000000")]
    [InlineData("--json", "run", "x", "--logprobs", "1")]
    [InlineData("stop", "run", "x", "--stop", "")]
    [InlineData("did you mean --model?", "run", "--modle", "x", "hi")]
    [InlineData("questions 0", "exam", "--questions", "0")]
    [InlineData("no model folder", "exam", "--model", "/no/such/folder")]
    public void MistakesAreOneLineAndCodeTwo(string words, params string[] arguments)
    {
        (int code, _, string error) = Start(null, arguments);
        Assert.Equal(2, code);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.StartsWith("stretto: ", error, StringComparison.Ordinal);
        Assert.Contains(words, error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("{ \"model\": { \"hidden_size\": 8 } }", "intermediate_size")]
    [InlineData("{ \"stepss\": 3 }", "did you mean 'steps'?")]
    [InlineData("{ \"model\": { \"hidden_size\": \"x\" } }", "'model.hidden_size' has a value of the wrong type")]
    [InlineData("{ \"steps\": 3", "line 1")]
    public void AConfigurationErrorNamesTheKey(string json, string words)
    {
        string file = Path.Combine(Path.GetTempPath(), $"stretto-{Guid.NewGuid():N}.json");
        File.WriteAllText(file, json);
        (int code, _, string error) = Start(null, "train", file);
        File.Delete(file);
        Assert.Equal(2, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Error) Start(string? input, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "Stretto.Cli"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = GoldenFolder.Repository,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
