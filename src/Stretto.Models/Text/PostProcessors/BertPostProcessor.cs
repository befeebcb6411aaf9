using System.Text.Json;

namespace Stretto.Models.Text;

/// <summary>[CLS] A [SEP] B [SEP] of BERT, or &lt;s&gt; A &lt;/s&gt; &lt;/s&gt; B &lt;/s&gt; of RoBERTa.</summary>
internal sealed class BertPostProcessor : PostProcessor
{
    private readonly bool _roberta;
    private readonly bool _trim;
    private readonly bool _addPrefixSpace;
    private readonly int _separator;
    private readonly int _start;

    public BertPostProcessor(PartJson json, bool roberta)
    {
        _roberta = roberta;
        _trim = roberta && json.Flag("trim_offsets", true);
        _addPrefixSpace = json.Flag("add_prefix_space", true);
        _separator = Id(json["sep"]);
        _start = Id(json["cls"]);
    }

    public override List<TokenEncoding> Apply(
        List<TokenEncoding> encodings, bool addTemplate, Func<int, string?> text)
    {
        List<TokenEncoding> output = [];
        for (int i = 0; i < encodings.Count; i++)
        {
            int type = _roberta || i == 0 ? 0 : 1;
            if (_trim)
            {
                ByteLevelPostProcessor.Trim(encodings[i], _addPrefixSpace);
            }

            if (addTemplate && (i == 0 || _roberta))
            {
                output.Add(TokenEncoding.OfTemplate([i == 0 ? _start : _separator], type, text));
            }

            output.Add(encodings[i].WithType(type));
            if (addTemplate)
            {
                output.Add(TokenEncoding.OfTemplate([_separator], type, text));
            }
        }

        return output;
    }

    private static int Id(PartJson pair) =>
        pair.Element.ValueKind == JsonValueKind.Array && pair.Element.GetArrayLength() == 2
            ? new PartJson(pair.Path, pair.Where + "[1]", pair.Element[1]).AsInteger(0, int.MaxValue)
            : throw pair.Wrong("must be a list of a token and its id");
}
