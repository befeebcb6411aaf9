namespace Stretto.Bench;

/// <summary>A two-dimensional convolution of square images with square kernels.</summary>
internal sealed record ConvolutionShape(int Batch, int In, int Size, int Out, int Kernel, int Stride, int Padding, bool Backward, int Threads)
{
    public int OutSize => ((Size + (2 * Padding) - Kernel) / Stride) + 1;

    public double Flops => 2.0 * Batch * Out * OutSize * OutSize * In * Kernel * Kernel * (Backward ? 3 : 1);

    public static ConvolutionShape Parse(string[] words) => new(
        Words.Int(words[1]), Words.Int(words[2]), Words.Int(words[3]), Words.Int(words[4]), Words.Int(words[5]), Words.Int(words[6]),
        Words.Int(words[7]), words[8] == "backward", Words.Int(words[9]));

    public string[] Job() => Words.Of(
        $"convolution {Batch} {In} {Size} {Out} {Kernel} {Stride} {Padding} {(Backward ? "backward" : "forward")} {Threads}");
}
