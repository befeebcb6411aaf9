using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Stretto.Bench;

/// <summary>The machine and its measured limits: what every figure below it is compared with.</summary>
internal sealed record MachineReport(
    string Processor, int Cores, string InstructionSet, IReadOnlyDictionary<string, (double One, double All)> FmaPeaks,
    (double One, double All) ReadBandwidth, (double One, double All) CopyBandwidth, (double One, double All) CacheBandwidth)
{
    public static MachineReport Measure()
    {
        int cores = Environment.ProcessorCount;
        Dictionary<string, (double One, double All)> peaks = [];
        if (Avx512F.IsSupported)
        {
            peaks["AVX-512"] = (FmaPeak.Measure512(1), FmaPeak.Measure512(cores));
        }

        if (Vector256.IsHardwareAccelerated)
        {
            peaks["AVX2"] = (FmaPeak.Measure256(1), FmaPeak.Measure256(cores));
        }

        peaks["128 bit"] = (FmaPeak.Measure128(1), FmaPeak.Measure128(cores));
        return new MachineReport(
            ProcessorName(), cores, peaks.Keys.First(), peaks,
            (Bandwidth.Read(1), Bandwidth.Read(cores)), (Bandwidth.Copy(1), Bandwidth.Copy(cores)),
            (Bandwidth.CopyInCache(1), Bandwidth.CopyInCache(cores)));
    }

    /// <summary>GFLOP/s of fused multiply-adds; a count between one and all threads is one thread's times the count.</summary>
    public double Fma(string instructionSet, int threads) => Pick(FmaPeaks[instructionSet], threads);

    /// <summary>GB/s of reading memory beyond the caches.</summary>
    public double Read(int threads) => Pick(ReadBandwidth, threads);

    /// <summary>GB/s read and written beyond the caches.</summary>
    public double Copy(int threads) => Pick(CopyBandwidth, threads);

    /// <summary>GB/s read and written inside the second-level cache.</summary>
    public double CacheCopy(int threads) => Pick(CacheBandwidth, threads);

    public void Print(TextWriter to)
    {
        Line(to, $"processor     {Processor}, {Cores} cores");
        Line(to, $"in use        {InstructionSet}");
        foreach ((string name, (double one, double all)) in FmaPeaks)
        {
            Line(to, $"FMA peak      {name}: {one:F1} GFLOP/s one thread, {all:F1} all threads (float32)");
        }

        Line(to, $"memory        read {ReadBandwidth.One:F1} GB/s one thread, {ReadBandwidth.All:F1} all; copy (read + write) {CopyBandwidth.One:F1} and {CopyBandwidth.All:F1}, in the cache {CacheBandwidth.One:F0} and {CacheBandwidth.All:F0}");
        if (Load() is { } load)
        {
            string warning = load > 0.5 ? ": others are at work, so shares of the bounds are too low" : "";
            Line(to, $"load          {load:F1} in the last minute{warning}");
        }

        Line(to, $"versions      {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, Stretto {typeof(DType).Assembly.GetName().Version}");
    }

    private static void Line(TextWriter to, FormattableString text) => to.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private double Pick((double One, double All) rate, int threads) =>
        threads == Cores ? rate.All : Math.Min(rate.One * threads, rate.All);

    private static double? Load()
    {
        const string Average = "/proc/loadavg";
        return File.Exists(Average)
            ? double.Parse(File.ReadAllText(Average).Split(' ')[0], CultureInfo.InvariantCulture)
            : null;
    }

    private static string ProcessorName()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info)
            ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 2)..] ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
