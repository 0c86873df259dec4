using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Weir.Gateway;

/// <summary>
/// TLS for clients on the event loops. Kestrel's own stands on pipes, each with a buffer, a copy and a state machine per read and write; here the TLS stream
/// stands on the socket, and Kestrel's HTTP on the TLS stream.
/// </summary>
static class LoopTls
{
    /// <summary>Secures what comes in on a loop; everything else goes on to what is used between this and <see cref="UseEnd"/>.</summary>
    public static Inner Use(ListenOptions listen, TlsCertificates certificates, TimeSpan handshakeTimeout, TimeProvider time)
    {
        var inner = new Inner();
        listen.Use(next => connection =>
            connection is LoopConnection own ? RunAsync(own, inner.Delegate!, certificates, handshakeTimeout, time) : next(connection));
        return inner;
    }

    /// <summary>What a secured connection goes on to.</summary>
    public static void UseEnd(ListenOptions listen, Inner inner) => listen.Use(next => inner.Delegate = next);

    static async Task RunAsync(
        LoopConnection connection, ConnectionDelegate inner, TlsCertificates certificates, TimeSpan handshakeTimeout, TimeProvider time)
    {
        var transport = connection.BeginTls();
        await using var tls = new SslStream(new TransportStream(transport), leaveInnerStreamOpen: true);
        if (!await TryHandshakeAsync(connection, tls, certificates, handshakeTimeout, time)) return;
        var session = new TlsSession(tls);
        connection.Features.Set<ITlsConnectionFeature>(session);
        connection.Features.Set<ITlsApplicationProtocolFeature>(session);
        connection.Features.Set<ITlsHandshakeFeature>(session);
        connection.Features.Set<ISslStreamFeature>(session);
        var plain = connection.Transport;
        var secured = connection.EndHandshake(tls);
        connection.Transport = secured;
        try
        {
            await inner(connection);
        }
        finally
        {
            await secured.Input.CompleteAsync();
            await secured.Output.CompleteAsync();
            connection.Transport = plain;
        }
    }

    /// <summary>False for a handshake that failed or took too long: the client's affair, which is not worth a line.</summary>
    static async ValueTask<bool> TryHandshakeAsync(
        LoopConnection connection, SslStream tls, TlsCertificates certificates, TimeSpan timeout, TimeProvider time)
    {
        using var late = new CancellationTokenSource(timeout, time);
        // Streams over a loop cannot stop a single operation; breaking the connection ends them all.
        await using var breaking = late.Token.UnsafeRegister(
            static state => ((LoopConnection)state!).Abort(new ConnectionAbortedException("The TLS handshake took too long.")), connection);
        try
        {
            await tls.AuthenticateAsServerAsync(
                static (_, hello, state, _) => new(((TlsCertificates)state!).Select(hello.ServerName)), certificates, CancellationToken.None);
            await connection.Loop.Enter();
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The rest of a listener's chain, known once the chain is built.</summary>
    public sealed class Inner
    {
        public ConnectionDelegate? Delegate { get; set; }
    }
}
