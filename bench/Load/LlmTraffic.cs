using System.Text;

namespace Weir.Bench.Load;

/// <summary>Calls of a model, and what Weir does with them.</summary>
/// <param name="Path">Where clients call; the dialect follows from it.</param>
sealed record LlmTraffic(string Path)
{
    /// <summary>Everything is on: a key, limits of tokens, budgets, a guard, statistics, the ledger.</summary>
    public bool IsGoverned { get; init; }

    /// <summary>Answers come in chunks, some time apart.</summary>
    public bool IsStream { get; init; }

    /// <summary>A conversation of about so many bytes in OpenAI's dialect.</summary>
    public static Request OpenAi(int bytes) => Request.Json(OpenAiPath, $$"""
        {"model":"gpt-4o","messages":[{"role":"system","content":"You are a helpful assistant."},
        {"role":"user","content":"{{Words(bytes - 160)}}"}],"max_tokens":64}
        """);

    /// <summary>The same, answered in <paramref name="chunks"/> chunks, one every <paramref name="everyMs"/> milliseconds.</summary>
    public static Request OpenAiStream(int bytes, int chunks, int everyMs) => Request.Json(OpenAiPath, $$"""
        {"model":"gpt-4o","stream":true,
        "messages":[{"role":"user","content":"{{Words(bytes - 160)}}"}],"max_tokens":{{chunks}},"{{PacedUpstream.EveryMsField}}":{{everyMs}},
        "stream_options":{ "include_usage":true } }
        """);

    /// <summary>The same in Anthropic's dialect.</summary>
    public static Request Anthropic(int bytes) => Request.Json(AnthropicPath, $$"""
        {"model":"gpt-4o","max_tokens":64,"system":"You are a helpful assistant.","messages":[{"role":"user","content":"{{Words(bytes - 160)}}"}]}
        """).With([("anthropic-version", "2023-06-01")]);

    public const string OpenAiPath = "/v1/chat/completions";
    public const string AnthropicPath = "/v1/messages";

    static string Words(int bytes)
    {
        string[] words = ["water", "level", "of", "the", "river", "is", "kept", "by", "a", "weir,", "which", "measures", "flow.", "Please", "explain", "why"];
        var text = new StringBuilder(bytes);
        for (var i = 0; text.Length < bytes; i++)
            text.Append(words[(i * 7 + i / 16) % words.Length]).Append(' ');
        return text.ToString(0, bytes);
    }
}
