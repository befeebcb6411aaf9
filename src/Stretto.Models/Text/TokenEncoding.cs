namespace Stretto.Models.Text;

/// <summary>Everything there is to know about an encoded text; the lists run in step.</summary>
public sealed class TokenEncoding
{
    internal TokenEncoding()
    {
    }

    /// <summary>Token ids.</summary>
    public IReadOnlyList<int> Ids => IdList;

    /// <summary>
    /// The tokens as the vocabulary writes them; an added token is the text that it was found in, with the white space
    /// that it swallowed.
    /// </summary>
    public IReadOnlyList<string> Tokens => TokenList;

    /// <summary>
    /// Where each token comes from: start and end in Unicode scalar values of the text; (0, 0) for tokens of the
    /// template.
    /// </summary>
    public IReadOnlyList<(int Start, int End)> Offsets => OffsetList;

    /// <summary>0 for the first text, 1 for the second, or what the template says.</summary>
    public IReadOnlyList<int> TypeIds => TypeIdList;

    /// <summary>True for tokens that the template added.</summary>
    public IReadOnlyList<bool> IsTemplate => IsTemplateList;

    internal List<int> IdList { get; } = [];

    internal List<string> TokenList { get; } = [];

    internal List<(int Start, int End)> OffsetList { get; } = [];

    internal List<int> TypeIdList { get; } = [];

    internal List<bool> IsTemplateList { get; } = [];

    internal static TokenEncoding OfTemplate(IEnumerable<int> ids, int typeId, Func<int, string?> text)
    {
        TokenEncoding encoding = new();
        foreach (int id in ids)
        {
            encoding.Add(id, text(id) ?? "", 0, 0, typeId, template: true);
        }

        return encoding;
    }

    internal void Add(int id, string token, int start, int end, int typeId, bool template)
    {
        IdList.Add(id);
        TokenList.Add(token);
        OffsetList.Add((start, end));
        TypeIdList.Add(typeId);
        IsTemplateList.Add(template);
    }

    internal TokenEncoding WithType(int typeId)
    {
        for (int i = 0; i < TypeIdList.Count; i++)
        {
            TypeIdList[i] = typeId;
        }

        return this;
    }

    internal static TokenEncoding Join(IEnumerable<TokenEncoding> encodings)
    {
        TokenEncoding all = new();
        foreach (TokenEncoding encoding in encodings)
        {
            all.IdList.AddRange(encoding.IdList);
            all.TokenList.AddRange(encoding.TokenList);
            all.OffsetList.AddRange(encoding.OffsetList);
            all.TypeIdList.AddRange(encoding.TypeIdList);
            all.IsTemplateList.AddRange(encoding.IsTemplateList);
        }

        return all;
    }
}
