namespace Stretto.Models.Text;

/// <summary>Sets numbers apart, in runs or one character each. Any Unicode number counts, fractions too.</summary>
internal sealed class DigitsPreTokenizer(PartJson json) : PreTokenizer
{
    private readonly ClassPreTokenizer _digits = new(
        ScalarClasses.IsNumeric,
        json.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    public override void Apply(Pieces pieces) => _digits.Apply(pieces);
}
