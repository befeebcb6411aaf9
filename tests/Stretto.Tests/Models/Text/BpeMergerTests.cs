using CsCheck;
using Stretto.Models.Text;

namespace Stretto.Tests.Models.Text;

public sealed class BpeMergerTests
{
    /// <summary>Short and long pieces go different ways; both must do what the definition says.</summary>
    [Fact]
    public void Merges_as_defined()
    {
        Gen<(int, int)[]> merges = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9]).Array[0, 20];
        Gen.Select(merges, Gen.Int[0, 3].Array[0, 90]).Sample((rules, symbols) =>
        {
            (int Left, int Right, int Merged)[] list =
                [.. rules.DistinctBy(r => r).Select((r, i) => (r.Item1, r.Item2, 4 + i))];
            BpeMerger merger = new();
            for (int i = 0; i < symbols.Length; i++)
            {
                merger.Add(symbols[i], i, i + 1);
            }

            List<ModelToken> tokens = [];
            merger.Merge(new PairTable(list), tokens);
            Assert.Equal(Naive(list, symbols), tokens.Select(t => t.Id));
            Assert.Equal(symbols.Length, tokens.Sum(t => t.End - t.Start));
        });
    }

    private static List<int> Naive((int Left, int Right, int Merged)[] merges, int[] symbols)
    {
        List<int> ids = [.. symbols];
        while (true)
        {
            int bestRank = int.MaxValue;
            int best = -1;
            for (int i = 0; i + 1 < ids.Count; i++)
            {
                int rank = Array.FindIndex(merges, m => m.Left == ids[i] && m.Right == ids[i + 1]);
                if (rank >= 0 && rank < bestRank)
                {
                    (bestRank, best) = (rank, i);
                }
            }

            if (best < 0)
            {
                return ids;
            }

            ids[best] = merges[bestRank].Merged;
            ids.RemoveAt(best + 1);
        }
    }
}
