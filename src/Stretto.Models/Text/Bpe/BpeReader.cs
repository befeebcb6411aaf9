using System.Text.Json;

namespace Stretto.Models.Text;

/// <summary>Reads and writes the <c>BPE</c> model of a tokenizer file.</summary>
internal static class BpeReader
{
    private const int MaxMerges = 1 << 22;

    public static BpeModel Read(PartJson json)
    {
        Vocabulary vocabulary = Vocabulary.Read(json["vocab"]);
        BpeOptions options = new()
        {
            UnknownToken = json.TextOrNull("unk_token"),
            FuseUnknown = json.Flag("fuse_unk", false),
            ByteFallback = json.Flag("byte_fallback", false),
            IgnoreMerges = json.Flag("ignore_merges", false),
            ContinuingSubwordPrefix = Mark(json, "continuing_subword_prefix"),
            EndOfWordSuffix = Mark(json, "end_of_word_suffix"),
        };
        List<(int, int, int)> merges = [];
        foreach (PartJson merge in json.Items("merges"))
        {
            if (merges.Count == MaxMerges)
            {
                throw json["merges"].Wrong($"more than {MaxMerges} merges");
            }

            merges.Add(Merge(merge, vocabulary, options.ContinuingSubwordPrefix));
        }

        try
        {
            return new BpeModel(vocabulary, merges, options);
        }
        catch (KeyNotFoundException e)
        {
            throw json["unk_token"].Wrong(e.Message, e);
        }
    }

    public static void Write(Utf8JsonWriter writer, BpeModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "BPE");
        writer.WriteNull("dropout");
        writer.WriteString("unk_token", model.Options.UnknownToken);
        WriteMark(writer, "continuing_subword_prefix", model.Options.ContinuingSubwordPrefix);
        WriteMark(writer, "end_of_word_suffix", model.Options.EndOfWordSuffix);
        writer.WriteBoolean("fuse_unk", model.Options.FuseUnknown);
        writer.WriteBoolean("byte_fallback", model.Options.ByteFallback);
        writer.WriteBoolean("ignore_merges", model.Options.IgnoreMerges);
        writer.WritePropertyName("vocab");
        model.Vocabulary.Write(writer);
        writer.WriteStartArray("merges");
        foreach ((int left, int right, _) in model.Merges)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(model.Vocabulary[left]);
            writer.WriteStringValue(model.Vocabulary[right]);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Mark(PartJson json, string key) => json.Has(key) ? json.ShortText(key, 256) : "";

    private static void WriteMark(Utf8JsonWriter writer, string name, string mark)
    {
        if (mark.Length > 0)
        {
            writer.WriteString(name, mark);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>One merge, written as "left right" or ["left", "right"].</summary>
    private static (int Left, int Right, int Merged) Merge(PartJson json, Vocabulary vocabulary, string prefix)
    {
        string left;
        string right;
        if (json.Element.ValueKind == JsonValueKind.Array && json.Element.GetArrayLength() == 2)
        {
            left = new PartJson(json.Path, json.Where, json.Element[0]).AsText();
            right = new PartJson(json.Path, json.Where, json.Element[1]).AsText();
        }
        else
        {
            string[] both = json.AsText().Split(' ');
            if (both.Length != 2)
            {
                throw json.Wrong("a merge must be two tokens with one space between them, or a list of two");
            }

            (left, right) = (both[0], both[1]);
        }

        string tail = right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right;
        return (Id(json, vocabulary, left), Id(json, vocabulary, right), Id(json, vocabulary, left + tail));
    }

    private static int Id(PartJson json, Vocabulary vocabulary, string token) => vocabulary.TryGet(token, out int id)
        ? id
        : throw json.Wrong($"the merge needs the token '{token}', which is not in the vocabulary");
}
