using System.CommandLine;
using System.Globalization;
using Stretto.Inference.Sampling;
using Stretto.Models.Text;

namespace Stretto.Cli;

/// <summary>The options of the command line that say how tokens are chosen.</summary>
internal sealed class SamplingArguments
{
    private readonly Option<double> _temperature = Number("--temperature", "0 takes the most likely token.", 0.8, "-t");
    private readonly Option<int> _topK = Count("--top-k", "Keep the k most likely tokens; 0 keeps all.", 0);
    private readonly Option<double> _topP = Number("--top-p", "Keep the most likely tokens up to this probability.", 1);
    private readonly Option<double> _minP = Number("--min-p", "Keep tokens this share as likely as the likeliest.", 0.02);
    private readonly Option<double> _typical = Number("--typical", "Keep tokens of usual surprise up to this probability; 1 keeps all.", 1);
    private readonly Option<double> _repeat = Number("--repeat-penalty", "Divide the logits of tokens that occurred; 1 changes nothing.", 1);
    private readonly Option<double> _presence = Number("--presence-penalty", "Subtract this once from the logits of written tokens.", 0);
    private readonly Option<double> _frequency = Number("--frequency-penalty", "Subtract this as often as a token was written.", 0);
    private readonly Option<double> _dryMultiplier = Number("--dry-multiplier", "Strength of DRY against repeated runs; 0 turns it off.", 0);
    private readonly Option<double> _dryBase = Number("--dry-base", "By what DRY's penalty grows with each repeated token.", 1.75);
    private readonly Option<int> _dryAllowed = Count("--dry-allowed-length", "Runs shorter than this are free.", 2);
    private readonly Option<int> _dryLast = Count("--dry-last-tokens", "How many of the last tokens DRY looks at; 0 looks at all.", 0);
    private readonly Option<string[]> _dryBreakers = new("--dry-breaker") { Description = "A text of one token that ends a run; may be given several times." };
    private readonly Option<string[]> _bias = new("--logit-bias") { Description = "TOKEN=BIAS with a token id, -100 to 100; may be given several times." };
    private readonly Option<ulong?> _seed = new("--seed", "-s") { Description = "Fix the random numbers." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[]
        {
            _temperature, _topK, _topP, _minP, _typical, _repeat, _presence, _frequency, _dryMultiplier, _dryBase, _dryAllowed, _dryLast,
            _dryBreakers, _bias, _seed,
        })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The checked values, but for the breakers, which need a tokenizer.</summary>
    public SamplingOptions Read(ParseResult parsed) => new SamplingOptions
    {
        Temperature = parsed.GetValue(_temperature),
        TopK = parsed.GetValue(_topK),
        TopP = parsed.GetValue(_topP),
        MinP = parsed.GetValue(_minP),
        TypicalP = parsed.GetValue(_typical),
        RepetitionPenalty = parsed.GetValue(_repeat),
        PresencePenalty = parsed.GetValue(_presence),
        FrequencyPenalty = parsed.GetValue(_frequency),
        DryMultiplier = parsed.GetValue(_dryMultiplier),
        DryBase = parsed.GetValue(_dryBase),
        DryAllowedLength = parsed.GetValue(_dryAllowed),
        DryLastTokens = parsed.GetValue(_dryLast),
        LogitBias = Biases(parsed.GetValue(_bias) ?? []),
        Seed = parsed.GetValue(_seed),
    }.Validate();

    /// <summary>The tokens of the breakers.</summary>
    public int[] Breakers(ParseResult parsed, Tokenizer tokenizer) =>
    [
        .. (parsed.GetValue(_dryBreakers) ?? []).Select(text => tokenizer.Encode(text, parseSpecial: false) is [int token]
            ? token
            : throw new UserErrorException($"--dry-breaker '{text}' is not one token of the model; give a shorter text")),
    ];

    private static Dictionary<int, double> Biases(string[] values)
    {
        Dictionary<int, double> biases = [];
        foreach (string value in values)
        {
            string[] parts = value.Split('=');
            if (parts.Length != 2 || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out int token)
                || !double.TryParse(parts[1], CultureInfo.InvariantCulture, out double bias))
            {
                throw new UserErrorException($"--logit-bias '{value}' is not TOKEN=BIAS; give a token id and a number, for example 42=-100");
            }

            biases[token] = bias;
        }

        return biases;
    }

    private static Option<double> Number(string name, string description, double value, params string[] aliases) =>
        new(name, aliases) { Description = description, DefaultValueFactory = _ => value };

    private static Option<int> Count(string name, string description, int value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };
}
