using System.Text.Json;

namespace Stretto.Models.Text;

/// <summary>[CLS] A [SEP] B [SEP] of BERT, or &lt;s&gt; A &lt;/s&gt; &lt;/s&gt; B &lt;/s&gt; of RoBERTa.</summary>
internal sealed class BertPostProcessor : PostProcessor
{
    private readonly bool roberta;
    private readonly bool trim;
    private readonly bool addPrefixSpace;
    private readonly int separator;
    private readonly int start;

    public BertPostProcessor(PartJson json, bool roberta)
    {
        this.roberta = roberta;
        trim = roberta && json.Flag("trim_offsets", true);
        addPrefixSpace = json.Flag("add_prefix_space", true);
        separator = Id(json["sep"]);
        start = Id(json["cls"]);
    }

    public override List<TokenEncoding> Apply(
        List<TokenEncoding> encodings, bool addTemplate, Func<int, string?> text)
    {
        List<TokenEncoding> output = [];
        for (int i = 0; i < encodings.Count; i++)
        {
            int type = roberta || i == 0 ? 0 : 1;
            if (trim)
            {
                ByteLevelPostProcessor.Trim(encodings[i], addPrefixSpace);
            }

            if (addTemplate && (i == 0 || roberta))
            {
                output.Add(TokenEncoding.OfTemplate([i == 0 ? start : separator], type, text));
            }

            output.Add(encodings[i].WithType(type));
            if (addTemplate)
            {
                output.Add(TokenEncoding.OfTemplate([separator], type, text));
            }
        }

        return output;
    }

    private static int Id(PartJson pair) =>
        pair.Element.ValueKind == JsonValueKind.Array && pair.Element.GetArrayLength() == 2
            ? new PartJson(pair.Path, pair.Where + "[1]", pair.Element[1]).AsInteger(0, int.MaxValue)
            : throw pair.Wrong("must be a list of a token and its id");
}
