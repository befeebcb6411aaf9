using Stretto.Models.Decoders;
using Stretto.Nn;
using Stretto.Weights;

namespace Stretto.Models;

/// <summary>From a model folder to a model.</summary>
public static class ModelRegistry
{
    /// <summary>An untrained model of this configuration.</summary>
    /// <exception cref="ArgumentException">
    /// The configuration is not valid, or asks for what is not computed.
    /// </exception>
    public static CausalLM Create(ModelConfig config, Device? device = null) =>
        NotComputed(config.Validate()) is { } problem
        ? throw new ArgumentException(problem)
        : Build(config, device ?? Device.Cpu);

    /// <summary>The model of a folder with <c>config.json</c> and safetensors weights.</summary>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="ModelFormatException">A file is broken, or its parts do not fit.</exception>
    public static CausalLM Load(string folder, Device? device = null) => Load(folder, ModelConfig.Load(folder), device);

    /// <summary>The same with the configuration given.</summary>
    public static CausalLM Load(string folder, ModelConfig config, Device? device = null)
    {
        if (NotComputed(config) is { } problem)
        {
            throw new ModelFormatException(folder, "config.json", problem);
        }

        using IWeightSource source = WeightSource.Open(folder);
        RefuseTooSmall(source, config);
        CausalLM model = Create(config, device);
        model.Load(source);
        return model;
    }

    /// <summary>Writes the weights beside the configuration.</summary>
    public static void Save(CausalLM model, ModelConfig config, string folder)
    {
        Directory.CreateDirectory(folder);
        (config with { StoredAs = model.Parameters()[0].Value.DType }).Save(folder);
        SafeTensorsFolder.Write(folder, [.. model.StateDict()]);
    }

    private static Llama Build(ModelConfig config, Device device)
    {
        // Weights come from a file or from Initialize; drawing them here would be work for nothing.
        using IDisposable skip = Init.Skip();
        return new Llama(config, device);
    }

    private static string? NotComputed(ModelConfig config) => RopeConfig.Types.Contains(config.Rope.Type)
        ? null
        : $"rope_type '{config.Rope.Type}' is not supported; supported: {string.Join(", ", RopeConfig.Types)}";

    // A configuration is a few numbers; before they allocate anything the file must be able to fill it.
    private static void RefuseTooSmall(IWeightSource source, ModelConfig config)
    {
        Int128 heads = (Int128)config.Heads * config.HeadSize;
        Int128 kvHeads = (Int128)config.KvHeads * config.HeadSize;
        Int128 layer = config.HiddenSize * ((2 * heads) + (2 * kvHeads) + (3 * (Int128)config.IntermediateSize));
        Int128 wanted = (config.Layers * layer) + ((Int128)config.VocabularySize * config.HiddenSize);
        Int128 stored = 0;
        foreach (WeightEntry entry in source.Entries.Values)
        {
            stored += entry.Shape.Count;
        }

        if (wanted > stored)
        {
            throw new ModelFormatException(
                source.Path, "",
                $"config.json describes a model of at least {wanted:N0} parameters, the weights hold {stored:N0}; "
                + "they do not belong together");
        }
    }
}
