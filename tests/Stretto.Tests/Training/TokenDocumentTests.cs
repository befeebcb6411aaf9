using System.Text.Json;
using Stretto.Models;
using Stretto.Nn;
using Stretto.Tests.Golden;
using Stretto.Training;
using Stretto.Training.Data;

namespace Stretto.Tests.Training;

/// <summary>Loss masks by segment: as in the golden chats, kept by cutting and packing, and without effect on what counts.</summary>
public sealed class TokenDocumentTests
{
    [Fact]
    public void AChatIsMaskedAsInTheGoldenFiles()
    {
        string[] file = ["train", "packing", "chat_masks.json"];
        Assert.SkipUnless(File.Exists(GoldenFolder.Of(file)), "the golden folder holds no chat masks");
        JsonElement golden = GoldenFolder.Json(file);
        List<long> packed = [];
        foreach (JsonElement chat in golden.GetProperty("conversations").EnumerateArray())
        {
            TokenDocument document = Chat(golden.GetProperty("roles"), chat.GetProperty("messages"));
            Assert.Equal(Numbers(chat.GetProperty("input_ids")), document.Tokens.Select(t => (long)t));
            Assert.Equal(Numbers(chat.GetProperty("shifted_targets")), Targets(document));
            Assert.Equal(chat.GetProperty("target_tokens").GetInt32(), document.Targets);
            packed.AddRange(Targets(document));
        }

        Assert.Equal(Numbers(golden.GetProperty("packed_row").GetProperty("shifted_targets")), packed);
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(40, 11)]
    [InlineData(7, 100)]
    public void PackingKeepsEveryTarget(int budget, int longest)
    {
        TokenDocument[] documents = Documents(6);
        Packer packer = new(new ListDocuments(documents), budget, longest);
        Dictionary<int, int> seen = [];
        while (packer.Position.Document < documents.Length)
        {
            foreach (TokenDocument piece in packer.Next())
            {
                foreach (long target in Targets(piece).Where(t => t != LanguageLoss.Ignored))
                {
                    seen[(int)target] = seen.GetValueOrDefault((int)target) + 1;
                }
            }
        }

        // Tokens are all different, so a target lost, doubled or made up at a cut would show; what follows belongs to the second round.
        int[] expected = [.. documents.SelectMany(Targets).Where(t => t != LanguageLoss.Ignored).Select(t => (int)t)];
        Assert.Equal(expected.Order(), seen.Keys.Order());
        Assert.Equal(documents.Sum(d => d.Targets), expected.Length);
        Assert.All(seen.Values, n => Assert.InRange(n, 1, 2));
    }

    [Fact]
    public void PackedLossEqualsUnpackedLoss()
    {
        CausalLM model = Model();
        TokenDocument[] documents = Documents(5);
        double sum = 0;
        long targets = 0;
        foreach (TokenDocument document in documents)
        {
            (Tensor one, long count) = LanguageLoss.Sum(model, [document]);
            sum += one.Item();
            targets += count;
        }

        (Tensor packed, long all) = LanguageLoss.Sum(model, documents);
        Assert.Equal(targets, all);
        Assert.Equal(sum, packed.Item(), sum * 1e-6);

        (Tensor whole, _) = LanguageLoss.Sum(model, [.. documents.Select(d => new TokenDocument(d.Tokens))]);
        Assert.True(packed.Item() < whole.Item() * 0.8, "the mask has no effect");
    }

    [Fact]
    public void NothingToPredictIsNoLossAndNoGradient()
    {
        CausalLM model = Model();
        TokenDocument silent = new([1, 2, 3], [new Segment(1, true), new Segment(2, false)]);
        Assert.Equal(0, silent.Targets);
        (Tensor sum, long targets) = LanguageLoss.Sum(model, [silent]);
        Assert.Equal((0.0, 0L), (sum.Item(), targets));
        Assert.Equal(0, LanguageLoss.Mean(model, [[silent]]));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(5, -2)]
    public void SegmentsMustFitTheTokens(int first, int second)
    {
        Assert.Throws<ArgumentException>(() => new TokenDocument([1, 2, 3], [new Segment(first, true), new Segment(second, false)]));
    }

    private static TokenDocument Chat(JsonElement roles, JsonElement messages)
    {
        List<int> tokens = [1];
        List<Segment> segments = [new Segment(1, false)];
        foreach (JsonElement message in messages.EnumerateArray())
        {
            string role = message.GetProperty("role").GetString()!;
            int[] content = [.. Numbers(message.GetProperty("content")).Select(n => (int)n)];
            tokens.AddRange([10, roles.GetProperty(role).GetInt32(), 11, .. content, 12, 13]);
            segments.AddRange([new Segment(3, false), new Segment(content.Length + 1, role == "assistant"), new Segment(1, false)]);
        }

        return new TokenDocument([.. tokens], segments);
    }

    private static TokenDocument[] Documents(int count) =>
    [
        .. Enumerable.Range(0, count).Select(n => new TokenDocument(
            [.. Enumerable.Range(n * 30, 17 + n)], [new Segment(3, n % 2 == 0), new Segment(6, false), new Segment(n, true), new Segment(8, true)])),
    ];

    private static long[] Targets(TokenDocument document)
    {
        long[] targets = new long[document.Tokens.Length];
        document.WriteTargets(targets, LanguageLoss.Ignored);
        return targets;
    }

    private static IEnumerable<long> Numbers(JsonElement list) => list.EnumerateArray().Select(n => n.GetInt64());

    private static CausalLM Model()
    {
        CausalLM model = ModelRegistry.Create(new ModelConfig
        {
            ModelType = "llama",
            VocabularySize = 200,
            HiddenSize = 16,
            IntermediateSize = 24,
            Layers = 2,
            Heads = 2,
            KvHeads = 1,
            HeadSize = 8,
            TieEmbeddings = true,
        });
        model.Initialize(new Generator(5));
        return model;
    }
}
