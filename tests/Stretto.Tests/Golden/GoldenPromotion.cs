using System.Text.Json;

namespace Stretto.Tests.Golden;

/// <summary>The dtypes of results, for every pair of operand dtypes, with 0-d tensors and with plain numbers; and where there is none.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenPromotion
{
    private static readonly Dictionary<string, object> Numbers = new() { ["bool_number"] = true, ["int_number"] = 2, ["float_number"] = 2.5 };

    [Fact]
    public void Promotion()
    {
        if (!File.Exists(GoldenFolder.Of("ops", "promotion.json")))
        {
            Assert.Skip($"'{GoldenFolder.Root}' holds no promotion tables");
        }

        bool pending = GoldenFolder.Pending("ops").TryGetValue("promotion", out string? capability);
        List<string> failures = [];
        int passed = 0;
        foreach (JsonProperty table in GoldenFolder.Json("ops", "promotion.json").EnumerateObject())
        {
            if (table.Value.ValueKind == JsonValueKind.Object)
            {
                foreach ((string what, string expected, Func<string> result) in Rows(table))
                {
                    string actual = result();
                    passed += actual == expected ? 1 : 0;
                    if (actual != expected)
                    {
                        failures.Add($"{table.Name} {what}: {actual} instead of {expected}");
                    }
                }
            }
        }

        if (pending && failures.Count > 0)
        {
            Assert.Skip($"ops/promotion: {failures.Count} rows wait for {capability}, {passed} pass");
        }

        Assert.False(pending, "ops/promotion passes: take it off tests/golden-pending.txt");
        Assert.True(failures.Count == 0, $"{failures.Count} of {failures.Count + passed} fail:\n{string.Join('\n', failures.Take(60))}");
    }

    private static IEnumerable<(string What, string Expected, Func<string> Result)> Rows(JsonProperty table)
    {
        foreach (JsonProperty op in table.Value.EnumerateObject())
        {
            foreach (JsonProperty left in op.Value.EnumerateObject())
            {
                if (left.Value.ValueKind == JsonValueKind.String)
                {
                    yield return ($"{op.Name} {left.Name}", left.Value.GetString()!, () => Single(op.Name, left.Name));
                    continue;
                }

                foreach (JsonProperty right in left.Value.EnumerateObject())
                {
                    yield return ($"{op.Name} {left.Name} {right.Name}", right.Value.GetString()!, table.Name == "tensor_number"
                        ? () => WithNumber(op.Name, left.Name, right.Name)
                        : () => Pair(op.Name, Ones(left.Name, table.Name != "0d_tensor"), Ones(right.Name, table.Name != "tensor_0d")));
                }
            }
        }
    }

    private static string Single(string op, string dtype) => Result(
        op, op is "softmax" or "cumsum" or "logsumexp" ? new() { ["dim"] = 0 } : [],
        new() { ["input"] = Ones(dtype, true) });

    private static string WithNumber(string op, string dtype, string number)
    {
        Dictionary<string, object> args = new() { [op == "pow" ? "exponent" : "other"] = Numbers[number] };
        if (op == "div_floor")
        {
            args["rounding_mode"] = "floor";
        }

        return Result(op == "div_floor" ? "div" : op, args, new() { ["input"] = Ones(dtype, true) });
    }

    private static string Pair(string op, Tensor a, Tensor b) => op switch
    {
        "div_floor" => Result("div", new() { ["rounding_mode"] = "floor" }, new() { ["input"] = a, ["other"] = b }),
        "pow" => Result(op, [], new() { ["input"] = a, ["exponent"] = b }),
        "cat" => Result(op, new() { ["dim"] = 0 }, new()
        {
            ["tensors.0"] = a.Rank == 0 ? a.Reshape(1) : a,
            ["tensors.1"] = b.Rank == 0 ? b.Reshape(1) : b,
        }),
        "where" => Result(op, [], new() { ["condition"] = Tensor.Ones([2], DType.Bool), ["input"] = a, ["other"] = b }),
        _ => Result(op, [], new() { ["input"] = a, ["other"] = b }),
    };

    private static Tensor Ones(string dtype, bool dimensions) => Tensor.Ones(dimensions ? [2] : Shape.Scalar, DTypes.Parse(dtype));

    private static string Result(string op, Dictionary<string, object> args, Dictionary<string, Tensor> inputs)
    {
        using TensorScope scope = TensorScope.Begin();
        try
        {
            return GoldenOps.Call(GoldenCase.Of(op, args, inputs))[0].DType.Name();
        }
        catch (NotSupportedException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return "error";
        }
    }
}
