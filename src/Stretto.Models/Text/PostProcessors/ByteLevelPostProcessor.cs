namespace Stretto.Models.Text;

/// <summary>Takes white space out of the offsets of byte-level tokens.</summary>
internal sealed class ByteLevelPostProcessor(PartJson json) : PostProcessor
{
    private readonly bool _trim = json.Flag("trim_offsets", true);
    private readonly bool _addPrefixSpace = json.Flag("add_prefix_space", true);

    public override List<TokenEncoding> Apply(
        List<TokenEncoding> encodings, bool addTemplate, Func<int, string?> text)
    {
        for (int i = 0; _trim && i < encodings.Count; i++)
        {
            Trim(encodings[i], _addPrefixSpace);
        }

        return encodings;
    }

    public static void Trim(TokenEncoding encoding, bool addPrefixSpace)
    {
        for (int i = 0; i < encoding.IdList.Count; i++)
        {
            string token = encoding.TokenList[i];
            (int start, int end) = encoding.OffsetList[i];
            int leading = token.TakeWhile(IsSpace).Count();
            int trailing = token.Reverse().TakeWhile(IsSpace).Count();
            if (leading > 0)
            {
                // One leading space may be the prefix that was never in the text.
                leading -= addPrefixSpace && (i == 0 || start == 0) ? 1 : 0;
                start = Math.Min(start + leading, end);
            }

            if (trailing > 0 && end >= trailing)
            {
                end = Math.Max(end - trailing, start);
            }

            encoding.OffsetList[i] = (start, end);
        }
    }

    private static bool IsSpace(char c) => c == ByteAlphabet.Of((byte)' ') || ScalarClasses.IsWhiteSpace(c);
}
