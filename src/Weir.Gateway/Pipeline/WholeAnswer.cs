using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway;

/// <summary>Holds an upstream's answer until it is whole, and shows it to the plugins that asked for that.</summary>
static class WholeAnswer
{
    /// <summary>The longest body that a plugin wants to see whole; null when none does.</summary>
    public static int? Wanted(Passage passage)
    {
        // What is no answer yet, or has no body, is nothing to hold.
        if (passage.Http.Response.StatusCode is < 200 or 204 or 304 || HttpMethods.IsHead(passage.Http.Request.Method)) return null;
        int? bytesMax = null;
        for (var slot = 0; slot < passage.PluginCount; slot++)
        {
            if (passage.Plugins[slot] is not { OnWholeAnswer: { } plugin } prepared || (prepared.Protocols & passage.Protocol) == 0) continue;
            if (plugin.WholeAnswerBytesMax(passage.Exchange) is > 0 and var wanted) bytesMax = Math.Max(wanted, bytesMax ?? 0);
        }
        return bytesMax;
    }

    /// <summary>Takes the body, has it looked at, and sends it or what came in its place.</summary>
    public static async ValueTask CopyAsync(Passage passage, IForwarder forwarder, int bytesMax)
    {
        var features = passage.Http.Features;
        var client = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        await using var held = new HeldBody(bytesMax);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(held));
        try
        {
            await forwarder.CopyBodyAsync(passage);
            await passage.Http.Response.BodyWriter.FlushAsync();
        }
        finally
        {
            features.Set(client);
        }
        if (passage.Exchange.BodyFault is not null) return;
        // They have seen it already; what follows is not the upstream's.
        passage.BodyFilters.Clear();
        passage.Exchange.ResponseBytes = 0;
        ReadOnlyMemory<byte>? body = held.Written;
        if (held.IsTooLong) body = null;
        var answer = await AskAsync(passage, body);
        answer ??= held.IsTooLong ? Answer.Fault(502, "The upstream's answer is too long") : null;
        if (answer is null)
        {
            await SendAsync(passage, held.Written);
            return;
        }
        if (answer.Kind is AnswerBody.Error or AnswerBody.Fault) passage.Exchange.Source = AnswerSource.Error;
        AnswerWriter.WriteHead(passage, answer);
        await AnswerWriter.WriteBodyAsync(passage, answer);
    }

    /// <summary>The first answer that a plugin gives in the place of the upstream's.</summary>
    static async ValueTask<Answer?> AskAsync(Passage passage, ReadOnlyMemory<byte>? body)
    {
        for (var slot = 0; slot < passage.PluginCount; slot++)
        {
            if (passage.Plugins[slot] is not { OnWholeAnswer: { } plugin } prepared || (prepared.Protocols & passage.Protocol) == 0) continue;
            if (plugin.WholeAnswerBytesMax(passage.Exchange) == 0) continue;
            await passage.ToThreadOf(prepared);
            var verdict = await plugin.OnWholeAnswerAsync(passage.Exchange, body);
            await passage.ToLoop();
            if (verdict.Stops) return verdict.Answer;
        }
        return null;
    }

    static async ValueTask SendAsync(Passage passage, ReadOnlyMemory<byte> body)
    {
        var response = passage.Http.Response;
        response.Headers.ContentLength = body.Length;
        passage.Exchange.ResponseBytes = body.Length;
        await response.BodyWriter.WriteAsync(body);
        await response.CompleteAsync();
    }

    /// <summary>Keeps what is written up to a limit; what is more is counted as too long, and let go.</summary>
    sealed class HeldBody(int bytesMax) : Stream
    {
        readonly ArrayBufferWriter<byte> _written = new();

        public bool IsTooLong { get; private set; }

        public ReadOnlyMemory<byte> Written => _written.WrittenMemory;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => _written.WrittenCount;
        public override long Position { get => Length; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            IsTooLong |= _written.WrittenCount + (long)buffer.Length > bytesMax;
            if (!IsTooLong) _written.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return default;
        }

        public override void Flush() { }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
