namespace Stretto.Bench;

/// <summary>Median seconds of one call on each side, and the median and quartiles of the peer's seconds over ours.</summary>
internal readonly record struct Comparison(double Ours, double Peer, double Ratio, double RatioLow, double RatioHigh);

/// <summary>Runs the same job on two sides in turn, so that what disturbs the machine disturbs both.</summary>
internal static class PairedRunner
{
    private const int WarmUpCalls = 40;
    private const double WarmUpSeconds = 0.25;
    private const double LongestWarmUp = 6;

    public static Comparison Compare(Side ours, Side peer, string[] job, bool quick)
    {
        (int oursCalls, int peerCalls) = (Prepare(ours, job, quick), Prepare(peer, job, quick));
        int pairs = quick ? 7 : 11;
        (double[] oursTimes, double[] peerTimes, double[] ratios) = (new double[pairs], new double[pairs], new double[pairs]);
        for (int i = 0; i < pairs; i++)
        {
            // The order changes from pair to pair, and each side's threads have parked before the other begins.
            bool oursFirst = i % 2 == 0;
            double first = Sample(oursFirst ? ours : peer, oursFirst ? oursCalls : peerCalls);
            double second = Sample(oursFirst ? peer : ours, oursFirst ? peerCalls : oursCalls);
            (oursTimes[i], peerTimes[i]) = oursFirst ? (first, second) : (second, first);
            ratios[i] = peerTimes[i] / oursTimes[i];
        }

        AssertSameResult(ours, peer, job);
        return new Comparison(
            Quantile(oursTimes, 0.5), Quantile(peerTimes, 0.5),
            Quantile(ratios, 0.5), Quantile(ratios, 0.25), Quantile(ratios, 0.75));
    }

    /// <summary>The shortest seconds of a call.</summary>
    public static double Best(Side side, string[] job)
    {
        int calls = Prepare(side, job, quick: true);
        return Enumerable.Range(0, 7).Min(_ => Sample(side, calls));
    }

    public static double Quantile(double[] values, double at)
    {
        double[] sorted = [.. values.Order()];
        double place = at * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>Warms up until the runtime has compiled its last version; returns the calls of one sample.</summary>
    private static int Prepare(Side side, string[] job, bool quick)
    {
        side.Prepare(job);
        double call = double.MaxValue;
        double spent = 0;
        int calls = 1;
        for (int done = 0; spent < WarmUpSeconds || (done < WarmUpCalls && spent < LongestWarmUp); done += calls)
        {
            // Calls far shorter than a request are timed more and more at once.
            calls = call < WarmUpSeconds / WarmUpCalls ? (int)Math.Max(1, Math.Min(calls * 2L, WarmUpSeconds / 4 / call)) : 1;
            double seconds = side.Time(calls);
            spent += seconds;
            call = Math.Min(call, seconds / calls);
        }

        return Math.Clamp((int)((quick ? 0.03 : 0.1) / call), 1, 1_000_000);
    }

    private static double Sample(Side side, int calls)
    {
        Thread.Sleep(30);
        if (calls > 1)
        {
            side.Time(1); // a call of a second or more needs no other before it
        }

        return side.Time(calls) / calls;
    }

    private static void AssertSameResult(Side ours, Side peer, string[] job)
    {
        (double a, double b) = (ours.Checksum(), peer.Checksum());
        if (!(Math.Abs(a - b) <= 1e-4 * Math.Abs(b)))
        {
            throw new InvalidOperationException(
                $"{string.Join(' ', job)}: {ours.Name} has checksum {a} and {peer.Name} {b}: they do not compute the same");
        }
    }
}
