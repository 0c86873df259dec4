using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Ai;

/// <summary>
/// A WebSocket between client and provider (OpenAI's Realtime API): bytes pass both ways as they are. Each answer is in the books before the client sees its
/// end; a session whose next answer no budget has room for is ended.
/// </summary>
sealed class RealtimeBody : ReplyBody
{
    /// <summary>How long a client whose session was ended has to close its side.</summary>
    static readonly TimeSpan s_closeWait = TimeSpan.FromSeconds(1);

    readonly AnswerShape _shape;
    readonly ReplyHead _head;
    readonly UpstreamReply _reply;
    readonly Exchange _exchange;
    readonly FrameScan _scan;
    readonly UsageTally _session = new();
    readonly List<TokenUsage> _answers = [];
    long _answersEnd;
    volatile bool _isEnding;

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
        using var ended = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _shape.Time);
        await using (client)
        {
            var up = UpAsync(client, ended.Token);
            var isWhole = await DownAsync(client);
            var outcome = _shape.Outcome;
            outcome.EndedTicks = _shape.Time.GetTimestamp();
            outcome.IsComplete = isWhole && !outcome.IsCut;
            if (_session.Usage is null) await _shape.SettleAsync();
            else (outcome.Usage, outcome.Sheet, outcome.IsSettled) = (_session.Usage, _session.Sheet, true);
            if (!isWhole) _exchange.Http.Abort();
            if (_isEnding) ended.CancelAfter(s_closeWait);
            else await ended.CancelAsync();
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
                if (!_isEnding && !await _reply.SendAsync(buffer.AsMemory(0, count)) && !_isEnding) return;
            }
            if (!_isEnding) await _reply.EndSendingAsync();
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
                    var before = _scan.Seen;
                    _scan.Feed(buffer.AsSpan(0, read.Count));
                    if (_answers.Count > 0 && await SettleAnswersAsync() is { } spent)
                    {
                        await EndAsync(client, buffer.AsMemory(0, (int)(_answersEnd - before)), spent);
                        return true;
                    }
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

    void Count(ReadOnlyMemory<byte> message)
    {
        if (UsageScan.OfWhole(message.Span) is not { } used) return;
        _answers.Add(used);
        _answersEnd = _scan.Seen;
    }

    /// <summary>Puts the answers that came into the books. The error says why the session must end.</summary>
    async ValueTask<LlmError?> SettleAnswersAsync()
    {
        _shape.Call.SessionTokens = _answers[^1].Total;
        var spent = await _shape.SettleAnswersAsync(_answers, _session);
        _answers.Clear();
        return spent;
    }

    /// <summary>
    /// Ends the session before the provider does: with an error in its own form, and a close that says why. The client has a moment to close its side, so that
    /// both reach it.
    /// </summary>
    async ValueTask EndAsync(Stream client, ReadOnlyMemory<byte> last, LlmError error)
    {
        _isEnding = true;
        _reply.Abort();
        _shape.Outcome.IsCut = true;
        await client.WriteAsync(last);
        await client.WriteAsync(ServerFrames.Text(ErrorEvent(error).Span));
        await client.WriteAsync(ServerFrames.Close(ServerFrames.PolicyViolation, error.Message));
        await client.FlushAsync();
    }

    ReadOnlyMemory<byte> ErrorEvent(LlmError error) => WireJson.Build(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "error");
        json.WriteString("event_id", $"event_{_exchange.RequestId}");
        json.WritePropertyName("error");
        OpenAiErrors.WriteValue(error, json);
        json.WriteEndObject();
    }).Utf8;

    static bool IsGone(Exception e) => e is IOException or OperationCanceledException or System.Net.Sockets.SocketException or ObjectDisposedException;
}
