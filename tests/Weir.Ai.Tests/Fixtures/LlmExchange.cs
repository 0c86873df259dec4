using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

/// <summary>Exchanges with a request to a model, for plugins that run without a gateway around them.</summary>
static class LlmExchange
{
    public const string Chat = "/v1/chat/completions";
    public const string Anthropic = "/v1/messages";
    public const string Gemini = "/v1beta/models/gemini-2.5-flash:generateContent";
    public const string Responses = "/v1/responses";
    public const string Completions = "/v1/completions";
    public const string Embeddings = "/v1/embeddings";

    public static Weir.Exchange Of(string path, string body, string? contentType = "application/json") => Of(path, Encoding.UTF8.GetBytes(body), contentType);

    public static Weir.Exchange Of(string path, byte[] body, string? contentType = "application/json", IPluginSource? plugins = null)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.ContentType = contentType;
        http.Request.ContentLength = body.Length;
        http.Request.Body = new MemoryStream(body);
        return new Weir.Exchange { Http = http, Method = "POST", Path = path, RequestId = "r1", Owner = plugins };
    }

    /// <summary>A plugin made from the text of its configuration.</summary>
    public static TPlugin Create<TPlugin, TConfig>(string configJson, IServiceProvider? services = null)
        where TPlugin : IPluginKind<TConfig>, IPlugin where TConfig : class
    {
        var (config, problems) = ConfigText.Read<TPlugin, TConfig>(configJson);
        Assert.Empty(problems);
        return (TPlugin)TPlugin.Create(config!, new PluginContext
        {
            PluginId = "33333333-3333-4333-8333-333333333333",
            Time = new ManualTime(),
            Random = new Random(1),
            Log = NullLogger.Instance,
            Consumers = new NoConsumers(),
            Keep = new NoKeep(),
            Services = services ?? new NoServices(),
        });
    }

    /// <summary>What the reader and the plugin report about a configuration.</summary>
    public static IReadOnlyList<(string Field, string Message)> Check<TPlugin, TConfig>(string configJson)
        where TPlugin : IPluginKind<TConfig> where TConfig : class => ConfigText.Read<TPlugin, TConfig>(configJson).Problems;

    /// <summary>Runs a plugin; null when the request goes on, else the status and the message of its refusal, whichever its dialect.</summary>
    public static async Task<(int Status, string Message)?> RunAsync(this PromptPlugin plugin, Weir.Exchange exchange)
    {
        var verdict = await plugin.OnRequestAsync(exchange);
        if (verdict.Answer is not { } answer) return null;
        Assert.Equal("application/json", answer.ContentType);
        var body = JsonNode.Parse(answer.Body.Span)!;
        return (answer.Status, ((body["error"] ?? body)["message"])!.GetValue<string>());
    }

    sealed class NoConsumers : IConsumers
    {
        public Consumer? Find(string idOrUsername) => null;
        public Consumer? FindByCustomId(string customId) => null;
    }

    sealed class NoKeep : IKeep
    {
        public T Get<T>(string key, Func<T> create) where T : class => create();
    }

    sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
