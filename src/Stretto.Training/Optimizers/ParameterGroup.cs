using System.IO.Enumeration;
using Stretto.Nn;

namespace Stretto.Training.Optimizers;

/// <summary>Parameters that share settings.</summary>
/// <param name="Parameters">Name and tensor of each.</param>
/// <param name="RateFactor">Multiplies the learning rate of a step.</param>
/// <param name="WeightDecay">Replaces the method's weight decay; null keeps it.</param>
/// <param name="Maximize">Goes up the gradient instead of down.</param>
public sealed record ParameterGroup(
    IReadOnlyList<KeyValuePair<string, Tensor>> Parameters, double RateFactor = 1, double? WeightDecay = null, bool Maximize = false)
{
    /// <summary>Two groups: matrices with the method's decay, vectors and numbers (norm weights, biases) with none.</summary>
    public static IReadOnlyList<ParameterGroup> DecayMatrices(IReadOnlyList<KeyValuePair<string, Tensor>> parameters) =>
    [
        new([.. parameters.Where(p => p.Value.Rank >= 2)]),
        new([.. parameters.Where(p => p.Value.Rank < 2)], WeightDecay: 0),
    ];

    /// <summary>
    /// Two groups of the parameters that train: weights with the method's decay; everything in a norm and every bias with none.
    /// </summary>
    public static IReadOnlyList<ParameterGroup> DecayWeights(Module module)
    {
        HashSet<Tensor> norms = [.. module.Modules()
            .Where(m => m.Value is LayerNorm or RmsNorm or GroupNorm or ChannelNorm)
            .SelectMany(m => m.Value.Parameters().Select(p => p.Value))];
        ILookup<bool, KeyValuePair<string, Tensor>> decays = module.Parameters().Where(p => p.Value.RequiresGrad)
            .ToLookup(p => !norms.Contains(p.Value) && !p.Key[(p.Key.LastIndexOf('.') + 1)..].Contains("bias", StringComparison.Ordinal));
        return [new([.. decays[true]]), new([.. decays[false]], WeightDecay: 0)];
    }

    /// <summary>
    /// One group for each rule, with the parameters that train and whose names match it and no rule before; one more for the rest.
    /// </summary>
    /// <param name="parameters">Name and tensor of each.</param>
    /// <param name="rules">A name with * for any text and ? for one character, and the settings of what matches.</param>
    /// <exception cref="ArgumentException">A pattern matches no parameter: a slip, most likely.</exception>
    public static IReadOnlyList<ParameterGroup> ByPattern(
        IReadOnlyList<KeyValuePair<string, Tensor>> parameters,
        params IReadOnlyList<(string Pattern, double RateFactor, double? WeightDecay)> rules)
    {
        List<KeyValuePair<string, Tensor>>[] matched =
            [.. Enumerable.Range(0, rules.Count + 1).Select(_ => new List<KeyValuePair<string, Tensor>>())];
        HashSet<int> used = [];
        foreach (KeyValuePair<string, Tensor> parameter in parameters)
        {
            int rule = Enumerable.Range(0, rules.Count)
                .FirstOrDefault(i => FileSystemName.MatchesSimpleExpression(rules[i].Pattern, parameter.Key, false), rules.Count);
            used.Add(rule);
            if (parameter.Value.RequiresGrad)
            {
                matched[rule].Add(parameter);
            }
        }

        foreach ((string pattern, _, _) in rules.Where((_, i) => !used.Contains(i)))
        {
            throw new ArgumentException($"the pattern '{pattern}' matches no parameter that an earlier one does not");
        }

        return
        [
            .. rules.Select((rule, i) => new ParameterGroup(matched[i], rule.RateFactor, rule.WeightDecay)),
            new ParameterGroup(matched[^1]),
        ];
    }
}
