using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway;

/// <summary>A client's connection on its loop, as Kestrel sees it.</summary>
sealed class LoopConnection : ConnectionContext, IDuplexPipe, ISocketOwner, IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature,
    IConnectionLifetimeFeature, IConnectionEndPointFeature, IMemoryPoolFeature
{
    static long s_count;

    readonly LoopSocket _socket;
    readonly LoopReader _reader;
    readonly LoopWriter _writer;
    readonly CancellationTokenSource _closed = new();
    readonly LoopFeatures _features = new();
    readonly long _number = Interlocked.Increment(ref s_count);
    LoopTransport? _tls;
    TlsReader? _tlsReader;
    IDictionary<object, object?>? _items;
    string? _id;
    TaskCompletionSource? _disposal;
    bool _isEnding;
    bool _isGone;
    bool _hasLeft;

    public LoopConnection(LoopSocket socket, EndPoint local, EndPoint remote, MemoryPool<byte> memory)
    {
        _socket = socket;
        _reader = new(socket) { Ended = FireClosed };
        _writer = new(socket) { Drained = OnDrained };
        MemoryPool = memory;
        Transport = this;
        ConnectionClosed = _closed.Token;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        // The one that is asked for by every request.
        _features.Set(socket.Loop);
        _features.Set<IConnectionIdFeature>(this);
        _features.Set<IConnectionTransportFeature>(this);
        _features.Set<IConnectionItemsFeature>(this);
        _features.Set<IConnectionLifetimeFeature>(this);
        _features.Set<IConnectionEndPointFeature>(this);
        _features.Set<IMemoryPoolFeature>(this);
    }

    public EventLoop Loop => _socket.Loop;

    public PipeReader Input => _reader;

    public PipeWriter Output => _writer;

    public MemoryPool<byte> MemoryPool { get; }

    public override IDuplexPipe Transport { get; set; }

    public override IFeatureCollection Features => _features;

    public override string ConnectionId
    {
        get => _id ??= "W" + _number.ToString("X8", CultureInfo.InvariantCulture);
        set => _id = value;
    }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <summary>Starts to receive. On the loop.</summary>
    public void Open()
    {
        Loop.Counters.ConnectionOpened();
        try
        {
            _socket.Open(this);
        }
        catch (IOException refused)
        {
            Break(refused, reset: true);
        }
    }

    /// <summary>From here on the stream under TLS has the socket; the connection's own reader and writer have nothing to do any more. On the loop.</summary>
    public LoopTransport BeginTls() => _tls = new(_socket) { Ended = FireClosed };

    /// <summary>What HTTP reads and writes once <paramref name="tls"/> is agreed on.</summary>
    public IDuplexPipe EndHandshake(SslStream tls)
    {
        _tlsReader = new(_socket, tls);
        return new TlsPipe(_tlsReader, new TlsWriter(tls, Loop));
    }

    /// <summary>Breaks the connection: the client sees a reset. From any thread.</summary>
    public override void Abort(ConnectionAbortedException abortReason) => Loop.Post(static state =>
    {
        var (connection, reason) = ((LoopConnection, ConnectionAbortedException))state!;
        connection.Break(reason, reset: true);
    }, (this, abortReason));

    /// <summary>Sends what is left to send, and closes.</summary>
    public override async ValueTask DisposeAsync()
    {
        await Loop.Enter();
        _reader.Complete();
        _isEnding = true;
        _writer.Complete();
        if (_writer.IsDrained) OnDrained();
        if (!_hasLeft)
        {
            _disposal = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await _disposal.Task;
        }
        await base.DisposeAsync();
    }

    void ISocketOwner.OnReadable()
    {
        if (_tls is null)
        {
            _reader.OnReadable();
            return;
        }
        _tls.OnReadable();
        _tlsReader?.OnReadable();
    }

    void ISocketOwner.OnWritable()
    {
        if (_tls is null) _writer.OnWritable();
        else _tls.OnWritable();
    }

    void ISocketOwner.OnPeerEnded(bool broken)
    {
        if (broken) Break(new ConnectionResetException("The client reset the connection."), reset: false);
        // Bytes that nobody has read yet come before the end. While they wait, so does the news.
        else if (_socket.HasOnlyEnd()) FireClosed();
    }

    void OnDrained()
    {
        if (!_isEnding || _hasLeft) return;
        if (_reader.HasEnded || _tls is { HasEnded: true })
        {
            Close(reset: false);
            return;
        }
        Leave();
        Loop.Farewells.Add(_socket);
    }

    void Break(Exception reason, bool reset)
    {
        if (_hasLeft) return;
        Close(reset);
        _tls?.Fail(reason);
        _tlsReader?.Fail(reason);
        _reader.Fail(reason);
        _writer.Fail();
    }

    void Close(bool reset)
    {
        _socket.Close(reset);
        Leave();
    }

    void Leave()
    {
        _hasLeft = true;
        Loop.Counters.ConnectionClosed();
        FireClosed();
        _disposal?.SetResult();
    }

    void FireClosed()
    {
        if (_isGone) return;
        _isGone = true;
        // What is registered may lead anywhere: it runs as work of its own.
        Loop.Post(static state => ((CancellationTokenSource)state!).Cancel(), _closed);
    }
}

/// <summary>Both directions of a secured connection.</summary>
sealed record TlsPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
