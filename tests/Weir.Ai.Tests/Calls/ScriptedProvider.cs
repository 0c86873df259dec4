using System.Text;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai.Tests;

/// <summary>Providers that a test plays: each call is answered by a function, and answers take time on the test's clock.</summary>
sealed class ScriptedProvider(ManualTime time) : IUpstreams
{
    public List<UpstreamMessage> Sent { get; } = [];

    /// <summary>The keys of the calls, in order.</summary>
    public IEnumerable<string> Keys => Sent.Select(KeyOf);

    public Func<UpstreamMessage, ScriptedReply> Answer { get; set; } = static _ => ScriptedReply.Json(ChatAnswers.Whole);

    /// <summary>Happens before a call is answered.</summary>
    public Action? BeforeAnswer { get; set; }

    /// <summary>Answers the calls one after the other.</summary>
    public void Play(params ReadOnlySpan<ScriptedReply> replies)
    {
        var queue = new Queue<ScriptedReply>(replies.ToArray());
        Answer = _ => queue.Dequeue();
    }

    public static string KeyOf(UpstreamMessage message) => message.Headers.First(static header => header.Key == "Authorization").Value;

    /// <summary>What a call waits for before it is answered.</summary>
    public Func<UpstreamMessage, Task> Hold { get; set; } = static _ => Task.CompletedTask;

    public async ValueTask<UpstreamReply> SendAsync(UpstreamMessage message)
    {
        lock (Sent) Sent.Add(message);
        BeforeAnswer?.Invoke();
        await Hold(message);
        var reply = Answer(message);
        reply.Begin(message, time);
        return reply;
    }
}

/// <summary>One answer of a provider that a test plays.</summary>
sealed class ScriptedReply(int status, params (double Seconds, string Text)[] pieces) : UpstreamReply
{
    readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = "application/json" };
    ManualTime _time = null!;
    UpstreamMessage _message = null!;
    UpstreamFailure _failure;
    int _timeoutMs;
    int _next;

    /// <summary>Time until the head comes.</summary>
    public double HeadSeconds { get; init; }

    /// <summary>No answer comes at all.</summary>
    public UpstreamFailure NoAnswer { get; init; }

    /// <summary>How the body ends after its pieces.</summary>
    public UpstreamFailure End { get; init; }

    public bool IsEventStream
    {
        init => _headers["Content-Type"] = value ? "text/event-stream" : "application/json";
    }

    /// <summary>Happens before a piece is read; its number is given.</summary>
    public Action<int>? BeforeRead { get; init; }

    public bool IsDisposed { get; private set; }

    public override UpstreamFailure Failure => _failure;

    public override string? Reason => _failure == UpstreamFailure.None ? null : _failure.ToString();

    public override bool WasSent => _failure is not (UpstreamFailure.Unreachable or UpstreamFailure.ConnectTimeout);

    public override int Status => _failure == UpstreamFailure.None ? status : 0;

    public override int ReadTimeoutMs
    {
        set => _timeoutMs = value;
    }

    public static ScriptedReply Json(string body) => new(200, (0, body));

    public static ScriptedReply Refusal(int status, params (string Name, string Value)[] headers)
    {
        var reply = new ScriptedReply(status, (0, $$$"""{"error":{"message":"refused with {{{status}}}","type":"error"}}"""));
        foreach (var (name, value) in headers) reply._headers[name] = value;
        return reply;
    }

    /// <summary>A stream of chat chunks, each after its time.</summary>
    public static ScriptedReply Stream(params (double Seconds, string Text)[] pieces) =>
        new(200, pieces) { IsEventStream = true };

    public void Begin(UpstreamMessage message, ManualTime time)
    {
        (_message, _time, _timeoutMs) = (message, time, message.ReadTimeoutMs);
        _failure = NoAnswer == UpstreamFailure.None ? Wait(HeadSeconds) : NoAnswer;
    }

    public override string? Header(string name) => Status == 0 ? null : _headers.GetValueOrDefault(name);

    public override void CopyHeadersTo(IHeaderDictionary headers)
    {
        foreach (var (name, value) in _headers) headers[name] = value;
    }

    public override ValueTask<UpstreamRead> ReadAsync(Memory<byte> destination)
    {
        Assert.False(IsDisposed);
        BeforeRead?.Invoke(_next);
        if (_next == pieces.Length) return new(new UpstreamRead(0, End == UpstreamFailure.None, End));
        var (seconds, text) = pieces[_next++];
        if (Wait(seconds) is var late && late != UpstreamFailure.None) return new(new UpstreamRead(0, false, late));
        var count = Encoding.UTF8.GetBytes(text, destination.Span);
        return new(new UpstreamRead(count, _next == pieces.Length && End == UpstreamFailure.None));
    }

    public override void Abort() { }

    public override void Dispose() => IsDisposed = true;

    UpstreamFailure Wait(double seconds)
    {
        var wait = TimeSpan.FromSeconds(seconds);
        var limit = TimeSpan.FromMilliseconds(_timeoutMs);
        _time.Advance(wait <= limit ? wait : limit);
        return wait <= limit ? UpstreamFailure.None : UpstreamFailure.Timeout;
    }
}

/// <summary>Answers in OpenAI's form.</summary>
static class ChatAnswers
{
    const string Head = "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"gpt-4o-2024\",";

    public const string Whole = """
        {"id":"c1","object":"chat.completion","model":"gpt-4o-2024",
        "choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}
        """;

    /// <summary>The begin of every stream: a role and no content.</summary>
    public const string Role = "data: " + Head + "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n";

    public const string End = "data: " + Head + "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        + "data: " + Head + "\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}}\n\ndata: [DONE]\n\n";

    public const string Ping = ": ping\n\n";

    public static string Chunk(string text) =>
        $$$"""data: {"id":"c1","object":"chat.completion.chunk","model":"gpt-4o-2024","choices":[{"index":0,"delta":{"content":"{{{text}}}"}}]}""" + "\n\n";
}
