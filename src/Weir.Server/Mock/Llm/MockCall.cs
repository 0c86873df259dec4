using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>One request to the mock of a provider, and the ways to answer it.</summary>
/// <param name="context">The exchange.</param>
/// <param name="provider">Whom it is meant for.</param>
/// <param name="target">Model that the path names; empty where the body does.</param>
/// <param name="cache">Beginnings of prompts seen before.</param>
/// <param name="time">For delays.</param>
sealed class MockCall(HttpContext context, MockProvider provider, string target, MockPromptCache cache, TimeProvider time)
{
    /// <summary>Bytes of a request body; what is larger answers 413.</summary>
    const int BodyBytesMax = 64 * 1024 * 1024;

    /// <summary>Time for a client to read what came before its connection breaks.</summary>
    const int BreakAfterMs = 50;

    /// <summary>How long a stalled stream stays open.</summary>
    static readonly TimeSpan s_stall = TimeSpan.FromMinutes(10);

    public HttpRequest Request => context.Request;

    public HttpResponse Response => context.Response;

    public string Target => target;

    public MockPromptCache Cache => cache;

    public TimeProvider Time => time;

    public MockCheck Check { get; } = provider.NewCheck();

    /// <summary>Follows from the request's body; set when the body is read.</summary>
    public string Id { get; private set; } = "";

    public long UnixSeconds => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The body as a JSON object; null after it has been refused.</summary>
    public async Task<JsonObject?> ReadJsonAsync()
    {
        var bytes = await ReadBytesAsync();
        if (bytes is null) return null;
        if (MockJson.Parse(bytes) is { } body) return body;
        await FailAsync(new MockProblem(400, "We could not parse the JSON body of your request.", null, "invalid_json"));
        return null;
    }

    async Task<byte[]?> ReadBytesAsync()
    {
        var bytes = new MemoryStream();
        while (true)
        {
            var read = await Request.BodyReader.ReadAsync(context.RequestAborted);
            foreach (var segment in read.Buffer) bytes.Write(segment.Span);
            Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (bytes.Length > BodyBytesMax)
            {
                await FailAsync(new MockProblem(413, "Request exceeds the maximum size."));
                return null;
            }
            if (read.IsCompleted) break;
        }
        var body = bytes.ToArray();
        Id = Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 8));
        return body;
    }

    public async Task FailAsync(MockProblem problem)
    {
        Response.StatusCode = problem.Status;
        if (problem.RetryAfter >= 0) Response.Headers.RetryAfter = problem.RetryAfter.ToString(CultureInfo.InvariantCulture);
        provider.AddErrorHeaders(Response, problem);
        await SendAsync("application/json", MockJson.Bytes(provider.Error(problem)));
    }

    /// <summary>Does what the script says before the answer; true when that was the answer.</summary>
    public async Task<bool> FailsAsync(MockScript script)
    {
        if (script.DelayMs > 0) await PauseAsync(script.DelayMs);
        if (script.Misunderstood is { } part)
            await FailAsync(new MockProblem(400, $"The mock does not understand '{part}'; see weir mock --help."));
        else if (script.Status > 0)
            await FailAsync(new MockProblem(script.Status, $"The mock was told to answer {script.Status}.") { RetryAfter = script.RetryAfter });
        else if (Check.Problem is { } problem)
            await FailAsync(problem);
        else
            return false;
        return true;
    }

    public Task SendJsonAsync(JsonNode answer, MockScript script)
    {
        var bytes = MockJson.Bytes(answer);
        if (script.IsEmpty) bytes = [];
        if (script.IsMalformed) bytes = bytes[..(bytes.Length / 2)];
        return SendAsync("application/json", bytes);
    }

    public async Task SendAsync(string contentType, byte[] bytes)
    {
        provider.AddHeaders(Response, Id);
        Response.ContentType = contentType;
        Response.ContentLength = bytes.Length;
        await Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>Sends a stream, each event as it is made, and breaks it where the script says so.</summary>
    public async Task StreamAsync(IEnumerable<MockEvent> events, MockFraming framing, MockScript script, Func<MockProblem, MockEvent> failure)
    {
        provider.AddHeaders(Response, Id);
        Response.ContentType = framing.ContentType;
        await Response.StartAsync(context.RequestAborted);
        var chunks = 0;
        if (script.IsEmpty) return;
        foreach (var next in events)
        {
            if (chunks == script.CloseAfter)
            {
                // A reset throws away what the client has not read yet.
                await PauseAsync(BreakAfterMs);
                context.Abort();
                return;
            }
            if (chunks == script.StallAfter) await Task.Delay(s_stall, time, context.RequestAborted);
            if (chunks == script.ErrorAfter)
            {
                framing.Write(Response.BodyWriter, failure(new MockProblem(500, "The mock was told to fail here.")));
                break;
            }
            if (next.IsChunk && script.ChunkDelayMs > 0) await PauseAsync(script.ChunkDelayMs);
            if (next.IsChunk && ++chunks == 2 && script.IsMalformed) framing.WriteBroken(Response.BodyWriter, next);
            else framing.Write(Response.BodyWriter, next);
            var flushed = await Response.BodyWriter.FlushAsync(context.RequestAborted);
            if (flushed.IsCompleted) return;
        }
        framing.End(Response.BodyWriter);
    }

    Task PauseAsync(int ms) => Task.Delay(TimeSpan.FromMilliseconds(ms), time, context.RequestAborted);
}

/// <summary>An event of a stream.</summary>
/// <param name="Name">Its name where the wire names events.</param>
/// <param name="Payload">Its JSON; null where <paramref name="Raw"/> says it all.</param>
/// <param name="IsChunk">It carries a piece of the answer, and counts in scripts.</param>
/// <param name="Raw">Text in place of JSON.</param>
readonly record struct MockEvent(string? Name, JsonObject? Payload, bool IsChunk = false, string? Raw = null);

/// <summary>How events become bytes.</summary>
abstract class MockFraming
{
    public abstract string ContentType { get; }

    public abstract void Write(IBufferWriter<byte> to, MockEvent next);

    /// <summary>Writes the event with its JSON cut in half.</summary>
    public abstract void WriteBroken(IBufferWriter<byte> to, MockEvent next);

    public virtual void End(IBufferWriter<byte> to)
    {
    }
}
