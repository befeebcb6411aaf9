using System.Buffers;
using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// Ids to text as they come: each call returns every character whose last byte has arrived and holds back what can still become one.
/// Bytes that cannot become a character turn into one U+FFFD for each maximal ill-formed sequence (Unicode 3.9).
/// </summary>
public sealed class DetokenizerStream
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecial;
    private readonly List<byte> _held = [];

    internal DetokenizerStream(Tokenizer tokenizer, bool skipSpecial)
    {
        _tokenizer = tokenizer;
        _skipSpecial = skipSpecial;
    }

    /// <summary>Takes one id and returns the text that became certain, often none.</summary>
    public string Append(int id)
    {
        if (_tokenizer.IsSpecial(id) && _skipSpecial)
        {
            return "";
        }

        _held.AddRange(_tokenizer.BytesOf(id));
        return Take(final: false);
    }

    /// <summary>Returns what is still held, incomplete characters as U+FFFD.</summary>
    public string Flush() => Take(final: true);

    private string Take(bool final)
    {
        StringBuilder text = new();
        ReadOnlySpan<byte> bytes = _held.ToArray();
        while (!bytes.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length);
            if (status == OperationStatus.NeedMoreData && !final)
            {
                break;
            }

            text.Append(rune.ToString());
            bytes = bytes[length..];
        }

        _held.RemoveRange(0, _held.Count - bytes.Length);
        return text.ToString();
    }
}
