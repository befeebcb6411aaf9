namespace Stretto.Models.Text;

/// <summary>Puts a string in front of text that is not empty.</summary>
internal sealed class PrependNormalizer(PartJson json) : Normalizer
{
    private readonly string _prefix = json.ShortText("prepend", 1024);

    public override AlignedText Apply(AlignedText text)
    {
        if (text.Text.Length == 0)
        {
            return text;
        }

        AlignedTextBuilder builder = new(text);
        builder.Append(_prefix, 0);
        builder.Copy(0, text.Text.Length);
        return builder.ToText(text.AtStart);
    }
}
