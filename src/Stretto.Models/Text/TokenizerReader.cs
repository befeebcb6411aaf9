using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Models.Text;

/// <summary>Reads <c>tokenizer.json</c> of the Hugging Face tokenizers library, version 1.0.</summary>
internal static class TokenizerReader
{
    private const long MaxBytes = 512L << 20;
    private const int MaxAddedTokens = 1 << 18;
    private const int MaxId = (1 << 22) - 1;
    private const int MaxContent = 4096;

    public static TokenizerParts ReadFolderOrFile(string path)
    {
        if (!Directory.Exists(path))
        {
            return Read(path, new TokenizerSettings());
        }

        string settings = Path.Combine(path, "tokenizer_config.json");
        return Read(
            Path.Combine(path, "tokenizer.json"),
            File.Exists(settings) ? TokenizerSettings.Load(settings) : new TokenizerSettings());
    }

    public static TokenizerParts Read(string path, TokenizerSettings settings)
    {
        using JsonDocument document = Open(path, MaxBytes);
        return Read(path, document.RootElement) with { Settings = settings };
    }

    public static TokenizerParts Read(string path, JsonElement root)
    {
        PartJson json = new(path, "", root);
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw json.Wrong("must be an object");
        }

        TokenModel model = TokenModel.Read(json["model"]);
        return new TokenizerParts(model, AddedTokens(json, model.Vocabulary))
        {
            Path = path,
            Normalizer = Copy(json, "normalizer"),
            PreTokenizer = Copy(json, "pre_tokenizer"),
            PostProcessor = Copy(json, "post_processor"),
            Decoder = Copy(json, "decoder"),
            Truncation = Copy(json, "truncation"),
            Padding = Copy(json, "padding"),
        };
    }

    /// <summary>Parses a JSON file of bounded size and depth.</summary>
    public static JsonDocument Open(string path, long maxBytes)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > maxBytes)
            {
                throw new ModelFormatException(path, "", $"{stream.Length} bytes; at most {maxBytes} are read");
            }

            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 32 });
        }
        catch (JsonException e)
        {
            // The exception's own message may quote the rest of the file.
            throw new ModelFormatException(
                path, "", $"not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException(path, "", "the file does not exist", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(path, "", $"the file cannot be read: {e.Message}", e);
        }
    }

    private static JsonElement? Copy(PartJson json, string key)
    {
        if (!json.Has(key))
        {
            return null;
        }

        json[key].CheckStrings();
        return json[key].Element.Clone();
    }

    private static List<AddedToken> AddedTokens(PartJson json, Vocabulary vocabulary)
    {
        List<AddedToken> tokens = [];
        HashSet<string> contents = new(StringComparer.Ordinal);
        HashSet<int> ids = [];
        foreach (PartJson item in json.Has("added_tokens") ? json.Items("added_tokens") : [])
        {
            if (tokens.Count == MaxAddedTokens)
            {
                throw json["added_tokens"].Wrong($"more than {MaxAddedTokens} tokens");
            }

            AddedToken token = new(
                item.Integer("id", 0, MaxId),
                item.Text("content"),
                item.Flag("special", false),
                item.Flag("single_word", false),
                item.Flag("lstrip", false),
                item.Flag("rstrip", false),
                item.Flag("normalized", true));
            Check(item, token, vocabulary, contents, ids);
            tokens.Add(token);
        }

        return tokens;
    }

    private static void Check(
        PartJson item, AddedToken token, Vocabulary vocabulary, HashSet<string> contents, HashSet<int> ids)
    {
        if (token.Content.Length is 0 or > MaxContent)
        {
            throw item["content"].Wrong($"must have 1 to {MaxContent} characters");
        }

        if (!contents.Add(token.Content))
        {
            throw item["content"].Wrong($"the token '{token.Content}' is there twice");
        }

        bool known = vocabulary.TryGet(token.Content, out int id);
        if (known ? id != token.Id : vocabulary[token.Id] is not null)
        {
            throw item["id"].Wrong($"the id {token.Id} of '{token.Content}' does not agree with the vocabulary");
        }

        if (!ids.Add(token.Id))
        {
            throw item["id"].Wrong($"the id {token.Id} belongs to another added token");
        }
    }
}
