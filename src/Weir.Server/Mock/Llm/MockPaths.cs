using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>Which path belongs to which provider's operation. What stands before an OpenAI path is ignored: compatible providers put it at many places.</summary>
static class MockPaths
{
    static readonly OpenAiProvider s_openAi = new();
    static readonly AnthropicProvider s_anthropic = new();
    static readonly OpenAiChat s_chat = new(s_openAi);
    static readonly AnthropicMessages s_messages = new(s_anthropic);

    public static (MockOperation Operation, string Model)? Find(HttpRequest request)
    {
        var path = request.Path.Value ?? "/";
        if (!HttpMethods.IsPost(request.Method)) return null;
        if (path.EndsWith("/chat/completions", StringComparison.Ordinal)) return (s_chat, Between(path, "/deployments/", "/chat/completions"));
        if (path.EndsWith("/v1/messages", StringComparison.Ordinal)) return (s_messages, "");
        return null;
    }

    /// <summary>What stands between two parts of a path; empty where they do not both stand there.</summary>
    static string Between(string path, string before, string after)
    {
        var from = path.IndexOf(before, StringComparison.Ordinal);
        if (from < 0) return "";
        from += before.Length;
        var end = path.IndexOf(after, from, StringComparison.Ordinal);
        return end < 0 ? "" : Uri.UnescapeDataString(path[from..end]);
    }
}
