using Weir.Gateway;

namespace Weir.Bench.Micro;

/// <summary>An upstream that has always answered already.</summary>
sealed class SameAnswer(byte[] answer) : IUpstreamTransport, IConnector
{
    /// <summary>Reads the head of an answer that is there.</summary>
    public static Fault ReadHead(Http1Connection connection)
    {
        connection.BeginHead();
        Fault fault;
        while (!connection.TryReadHead(out fault)) _ = connection.ReceiveHeadAsync().GetResult();
        return fault;
    }

    public ValueTask<ConnectResult> ConnectAsync(UpstreamEndpoint endpoint, CancellationToken stop) => new(new ConnectResult(this));

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        answer.CopyTo(buffer);
        return new(answer.Length);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => default;

    public bool IsQuiet() => true;

    public ValueTask ShutdownSendAsync() => default;

    public void Abort()
    {
    }
}
