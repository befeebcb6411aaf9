namespace Stretto.Tests.Docs;

/// <summary>That docs/for-pytorch-users.md is true and up to date.</summary>
public sealed class ForPyTorchUsersTests(ITestOutputHelper output)
{
    [Fact]
    public void ThePageIsWhatTheTableAndTheMembersGive() => Assert.True(
        File.Exists(TorchNames.PageFile) && File.ReadAllText(TorchNames.PageFile).ReplaceLineEndings("\n") == TorchNames.Page(),
        "docs/for-pytorch-users.md is old; the page says how to make it anew");

    [Fact]
    public void NoNameOfPyTorchIsThereTwice()
    {
        string[] names = [.. TorchNames.Rows().Where(r => r.Section is null).SelectMany(r => r.Torch.Split(", "))];
        Assert.Equal(names.Distinct(), names);
    }

    [Theory]
    [InlineData("Tensor.Nonsense")]
    [InlineData("Nonsense.Add")]
    [InlineData("new Nonsense")]
    public void AMemberThatIsNotThereIsFound(string member) => Assert.Throws<InvalidDataException>(() => TorchNames.Code(member));

    [Theory]
    [InlineData("Tensor.Sum", "x.Sum(dims, keepDims)")]
    [InlineData("Tensor.MatMul", "Tensor.MatMul(a, b)")]
    [InlineData("Tensor.op_Modulus", "a % b")]
    [InlineData("Tensor.Element", "x[indices]")]
    [InlineData("DTypes.IsFloatingPoint", "dType.IsFloatingPoint()")]
    [InlineData("DType.Bool", "DType.Bool")]
    public void MembersAreWrittenAsCode(string member, string code) => Assert.Equal(code, TorchNames.Code(member));

    /// <summary>Makes the page anew and says what no row names.</summary>
    [Fact(Explicit = true)]
    public void Write()
    {
        File.WriteAllText(TorchNames.PageFile, TorchNames.Page());
        output.WriteLine($"In no row: {string.Join(", ", TorchNames.Unnamed())}");
    }
}
