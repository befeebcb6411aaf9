namespace Stretto.Models.Text;

/// <summary>Removes white space at the ends.</summary>
internal sealed class StripNormalizer(PartJson json) : Normalizer
{
    private readonly bool _left = json.Flag("strip_left", true);
    private readonly bool _right = json.Flag("strip_right", true);

    public override AlignedText Apply(AlignedText text)
    {
        int start = 0;
        int end = text.Text.Length;
        while (_left && start < end && ScalarClasses.IsWhiteSpace(text.Text[start]))
        {
            start++;
        }

        while (_right && end > start && ScalarClasses.IsWhiteSpace(text.Text[end - 1]))
        {
            end--;
        }

        return text.Slice(start, end - start);
    }
}
