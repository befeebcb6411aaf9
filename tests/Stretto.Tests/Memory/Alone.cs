namespace Stretto.Tests.Memory;

/// <summary>Tests that count the memory of the whole process and so run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";

    /// <summary>Live bytes after the collector has returned all that is out of reach.</summary>
    public static long LiveBytes()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return MemoryStats.Now.LiveBytes;
    }

    /// <summary>Runs on a thread of its own, whose scopes and locals are gone afterwards.</summary>
    public static void OnThread(Action action)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }
}
