using Weir.Ai.Plugins;
using Weir.Gateway.Plugins;

namespace Weir.Server;

/// <summary>
/// Every plugin once, in the order a request meets them. It is the registry, the order of execution and the table of contents. The order is Kong's
/// where the plugin has a Kong namesake; a test pins it.
/// </summary>
static class Catalog
{
    public static IReadOnlyList<PluginKind> All { get; } =
    [
        PluginKind.Of<CorrelationId, CorrelationId.Config>(),
        PluginKind.Of<BotDetection, BotDetection.Config>(),
        PluginKind.Of<Cors, Cors.Config>(),
        PluginKind.Of<KeyAuth, KeyAuth.Config>(),
        PluginKind.Of<BasicAuth, BasicAuth.Config>(),
        PluginKind.Of<VirtualKeyAuth, VirtualKeyAuth.Config>(),
        PluginKind.Of<AiModelSelector, AiModelSelector.Config>(),
        PluginKind.Of<IpRestriction, IpRestriction.Config>(),
        PluginKind.Of<RequestSizeLimiting, RequestSizeLimiting.Config>(),
        PluginKind.Of<Acl, Acl.Config>(),
        PluginKind.Of<RateLimiting, RateLimiting.Config>(),
        PluginKind.Of<AiRequestLimits, AiRequestLimits.Config>(),
        PluginKind.Of<AiRateLimitingAdvanced, AiRateLimitingAdvanced.Config>(),
        PluginKind.Of<RequestTransformer, RequestTransformer.Config>(),
        PluginKind.Of<ResponseTransformer, ResponseTransformer.Config>(),
        PluginKind.Of<Redirect, Redirect.Config>(),
        PluginKind.Of<AiRequestTransformer, AiRequestTransformer.Config>(),
        PluginKind.Of<AiPromptTemplate, AiPromptTemplate.Config>(),
        PluginKind.Of<AiPromptDecorator, AiPromptDecorator.Config>(),
        PluginKind.Of<AiPromptGuard, AiPromptGuard.Config>(),
        PluginKind.Of<AiTextGuard, AiTextGuard.Config>(),
        PluginKind.Of<AiProxy, AiProxy.Config>(),
        PluginKind.Of<AiProxyAdvanced, AiProxyAdvanced.Config>(),
        PluginKind.Of<AiResponseTransformer, AiResponseTransformer.Config>(),
        PluginKind.Of<Prometheus, Prometheus.Config>(),
        PluginKind.Of<HttpLog, HttpLog.Config>(),
        PluginKind.Of<FileLog, FileLog.Config>(),
        PluginKind.Of<UdpLog, UdpLog.Config>(),
        PluginKind.Of<TcpLog, TcpLog.Config>(),
        PluginKind.Of<RequestTermination, RequestTermination.Config>(),
    ];
}
