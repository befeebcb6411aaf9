using System.Diagnostics;
using Stretto.Backends.Cpu;
using Stretto.Nn;
using Stretto.Training;
using Stretto.Training.Data;
using Stretto.Training.Optimizers;

namespace Stretto.Bench;

/// <summary>Where the time of a training step goes, by operation.</summary>
internal static class ProfileBench
{
    private const int Steps = 4;

    public static void Run(BenchRun run)
    {
        foreach (int threads in run.ThreadCounts)
        {
            foreach ((string name, ModelShape shape) in ModelBench.TrainingShapes.Where(s => !run.Quick || s.Shape.Layers < 8))
            {
                Profile($"{name}, {threads} threads", shape, threads);
            }
        }
    }

    private static void Profile(string name, ModelShape shape, int threads)
    {
        TimedBackend timed = new(new CpuBackend(threads));
        CausalLM model = BenchModel.Create(shape, new Device(timed));
        AdamW optimizer = new([new ParameterGroup(model.Parameters())], new AdamWOptions());
        List<TokenDocument> documents = [.. Enumerable.Range(0, shape.Batch).Select(i => new TokenDocument(shape.Tokens(i)))];
        Step();
        timed.Reset();
        long start = Stopwatch.GetTimestamp();
        (long misses, int collections) = (MemoryStats.Now.Misses, GC.CollectionCount(0));
        for (int i = 0; i < Steps; i++)
        {
            Step();
        }

        double all = Stopwatch.GetElapsedTime(start).TotalSeconds;
        BenchRun.Say($"{name}: {all / Steps * 1e3:F0} ms a step; pool misses {MemoryStats.Now.Misses - misses}, collections of generation 0 {GC.CollectionCount(0) - collections} in {Steps} steps");
        foreach ((string kind, (double seconds, long calls)) in timed.Times.OrderByDescending(pair => pair.Value.Seconds))
        {
            BenchRun.Say($"  {kind,-24} {seconds / all,6:P1} {seconds / Steps * 1e3,9:F2} ms {calls / Steps,6} calls");
        }

        BenchRun.Say($"  {"outside operations",-24} {1 - (timed.Times.Values.Sum(t => t.Seconds) / all),6:P1}");

        void Step() => TrainingStep.Run(model, optimizer, [documents], ModelShape.Rate, ModelShape.Clip);
    }
}
