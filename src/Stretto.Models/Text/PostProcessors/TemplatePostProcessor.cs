using System.Text.Json;

namespace Stretto.Models.Text;

/// <summary>Lays texts and special tokens out as a template says.</summary>
internal sealed class TemplatePostProcessor : PostProcessor
{
    private readonly List<Item> _single;
    private readonly List<Item> _pair;

    public TemplatePostProcessor(PartJson json)
    {
        _single = Items(json, "single");
        _pair = Items(json, "pair");
    }

    public override List<TokenEncoding> Apply(
        List<TokenEncoding> encodings, bool addTemplate, Func<int, string?> text)
    {
        List<TokenEncoding> output = [];
        foreach (Item item in encodings.Count == 1 ? _single : _pair)
        {
            if (item.Ids is null)
            {
                // A processor before may have made more encodings of the texts, or none.
                output.AddRange(encodings.Skip(item.Text).Take(1).Select(e => e.WithType(item.TypeId)));
            }
            else if (addTemplate)
            {
                output.Add(TokenEncoding.OfTemplate(item.Ids, item.TypeId, text));
            }
        }

        return output;
    }

    private static List<Item> Items(PartJson json, string key)
    {
        List<Item> items = [];
        foreach (PartJson element in json.Has(key) ? json.Items(key, 256) : [])
        {
            if (element.Has("Sequence"))
            {
                PartJson sequence = element["Sequence"];
                string id = sequence.Text("id");
                int text = id == "A" ? 0 : id == "B" ? 1 : throw sequence["id"].Wrong("must be 'A' or 'B'");
                if (items.Exists(i => i.Ids is null && i.Text == text))
                {
                    throw sequence["id"].Wrong($"the template names the text '{id}' twice");
                }

                items.Add(new Item(text, null, sequence.Integer("type_id", 0, int.MaxValue)));
            }
            else
            {
                PartJson special = element["SpecialToken"];
                PartJson token = json["special_tokens"][special.Text("id")];
                int[] ids = [.. token.Items("ids", 256).Select(i => i.AsInteger(0, int.MaxValue))];
                items.Add(new Item(0, ids, special.Integer("type_id", 0, int.MaxValue)));
            }
        }

        return items;
    }

    private sealed record Item(int Text, int[]? Ids, int TypeId);
}
