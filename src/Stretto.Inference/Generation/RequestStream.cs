using System.Threading.Channels;

namespace Stretto.Inference.Generation;

/// <summary>
/// What one request gives to its reader. The reader takes events when it likes: they wait in a queue, which is never longer than the
/// request's texts, so a slow reader stops nobody.
/// </summary>
internal sealed class RequestStream(int texts, CancellationToken cancellation)
{
    private readonly Channel<TokenEvent> _events =
        Channel.CreateUnbounded<TokenEvent>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = texts;
    private volatile bool _stopped;

    public ChannelReader<TokenEvent> Events => _events.Reader;

    /// <summary>Whether nobody wants more.</summary>
    public bool Stopped => _stopped || cancellation.IsCancellationRequested;

    /// <summary>Ends when the engine holds nothing of the request any more.</summary>
    public Task Done => _done.Task;

    public void Stop() => _stopped = true;

    public void Write(in TokenEvent item) => _events.Writer.TryWrite(item);

    /// <summary>One of the texts has left the engine, with an error or without.</summary>
    public void Leave(Exception? error)
    {
        if (error is not null)
        {
            _events.Writer.TryComplete(error);
            _stopped = true;
        }

        if (--_open == 0)
        {
            _events.Writer.TryComplete();
            _done.TrySetResult();
        }
    }
}
