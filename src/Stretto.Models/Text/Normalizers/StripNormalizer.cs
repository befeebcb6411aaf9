namespace Stretto.Models.Text;

/// <summary>Removes white space at the ends.</summary>
internal sealed class StripNormalizer(PartJson json) : Normalizer
{
    private readonly bool left = json.Flag("strip_left", true);
    private readonly bool right = json.Flag("strip_right", true);

    public override AlignedText Apply(AlignedText text)
    {
        int start = 0;
        int end = text.Text.Length;
        while (left && start < end && ScalarClasses.IsWhiteSpace(text.Text[start]))
        {
            start++;
        }

        while (right && end > start && ScalarClasses.IsWhiteSpace(text.Text[end - 1]))
        {
            end--;
        }

        return text.Slice(start, end - start);
    }
}
