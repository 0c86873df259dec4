using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Ai;

/// <summary>
/// A WebSocket between client and provider (OpenAI's Realtime API): bytes pass both ways as they are, and what the provider says it used is added up.
/// </summary>
sealed class RealtimeBody : ReplyBody
{
    readonly AnswerShape _shape;
    readonly ReplyHead _head;
    readonly UpstreamReply _reply;
    readonly Exchange _exchange;
    readonly FrameScan _scan;

    public RealtimeBody(AnswerShape shape, ReplyHead head, UpstreamReply reply, Exchange exchange)
    {
        (_shape, _head, _reply, _exchange) = (shape, head, reply, exchange);
        _scan = new FrameScan("response.done"u8.ToArray(), Count);
    }

    public override ValueTask<LlmError?> BeginAsync() => default;

    public override void WriteHead(HttpResponse response) => _head.WriteTo(response, contentLength: null);

    public override async ValueTask CopyAsync(BodyOutput output)
    {
        var client = await _exchange.Http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        using var ended = new CancellationTokenSource();
        await using (client)
        {
            var up = UpAsync(client, ended.Token);
            var isWhole = await DownAsync(client);
            _shape.Outcome.EndedTicks = _shape.Time.GetTimestamp();
            _shape.Outcome.IsComplete = isWhole;
            await _shape.SettleAsync();
            if (!isWhole) _exchange.Http.Abort();
            await ended.CancelAsync();
            await up;
        }
    }

    async Task UpAsync(Stream client, CancellationToken ended)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(AnswerLimits.ReadBytes);
        try
        {
            while (true)
            {
                var count = await client.ReadAsync(buffer, ended);
                if (count == 0) break;
                if (!await _reply.SendAsync(buffer.AsMemory(0, count))) return;
            }
            await _reply.EndSendingAsync();
        }
        catch (Exception gone) when (IsGone(gone))
        {
            _reply.Abort();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>False when the provider's side broke rather than ended.</summary>
    async Task<bool> DownAsync(Stream client)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(AnswerLimits.ReadBytes);
        try
        {
            while (true)
            {
                var read = await _reply.ReadAsync(buffer);
                if (read.Count > 0)
                {
                    if (_shape.Outcome.FirstContentTicks == 0) _shape.Outcome.FirstContentTicks = _shape.Time.GetTimestamp();
                    _scan.Feed(buffer.AsSpan(0, read.Count));
                    await client.WriteAsync(buffer.AsMemory(0, read.Count));
                    await client.FlushAsync();
                }
                if (read.Failure != UpstreamFailure.None) return false;
                if (read.IsComplete) return true;
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            _reply.Abort();
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Each answer of a session has its own usage; the session's is their sum.</summary>
    void Count(ReadOnlyMemory<byte> message)
    {
        if (UsageScan.OfWhole(message.Span) is not { } used) return;
        var before = _shape.Outcome.Usage ?? new TokenUsage();
        _shape.Outcome.Usage = used with
        {
            Input = before.Input + used.Input,
            CacheRead = before.CacheRead + used.CacheRead,
            AudioInput = before.AudioInput + used.AudioInput,
            ImageInput = before.ImageInput + used.ImageInput,
            Output = before.Output + used.Output,
            Reasoning = before.Reasoning + used.Reasoning,
            AudioOutput = before.AudioOutput + used.AudioOutput,
        };
    }

    static bool IsGone(Exception e) => e is IOException or OperationCanceledException or System.Net.Sockets.SocketException or ObjectDisposedException;
}
