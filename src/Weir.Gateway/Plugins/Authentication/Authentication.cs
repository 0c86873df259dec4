using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway.Plugins;

/// <summary>
/// What every authentication plugin does alike once it knows whether the credential is good:
/// <list type="bullet">
/// <item>tells the pipeline and the upstream who is calling, and drops what the client itself claims about that;</item>
/// <item>without an anonymous consumer a failure ends the request, so several plugins are a logical AND and the last one's consumer counts;</item>
/// <item>with one a failure lets the request pass as that consumer and an earlier success is enough, so several plugins are a logical OR.</item>
/// </list>
/// </summary>
sealed partial class Authentication
{
    const string ConsumerId = "X-Consumer-ID";
    const string ConsumerCustomId = "X-Consumer-Custom-ID";
    const string ConsumerUsername = "X-Consumer-Username";
    const string CredentialIdentifier = "X-Credential-Identifier";
    const string Anonymous = "X-Anonymous-Consumer";

    readonly bool _allowsAnonymous;
    readonly Consumer? _anonymous;
    readonly Answer? _anonymousIsMissing;

    /// <param name="anonymous">Id or username of the anonymous consumer, or null for none.</param>
    /// <param name="context">Where the plugin is created.</param>
    public Authentication(string? anonymous, PluginContext context)
    {
        if (anonymous is null) return;
        _allowsAnonymous = true;
        _anonymous = context.Consumers.Find(anonymous);
        if (_anonymous is not null) return;
        _anonymousIsMissing = Answer.Error(500, $"anonymous consumer {anonymous} is configured but doesn't exist");
        LogMissing(context.Log, anonymous, context.PluginId);
    }

    /// <summary>True when another plugin's success is enough.</summary>
    public bool IsSettled(Exchange exchange) => _allowsAnonymous && exchange.IsAuthenticated;

    /// <summary>The credential is good.</summary>
    public static Verdict Accept(Exchange exchange, Consumer? consumer, Credential credential)
    {
        exchange.Authenticate(consumer, credential);
        var headers = exchange.Http.Request.Headers;
        Describe(headers, consumer);
        Set(headers, CredentialIdentifier, credential.Identifier);
        headers.Remove(Anonymous);
        return Verdict.Continue;
    }

    /// <summary>There is no good credential: the request goes on as the anonymous consumer, or ends with <paramref name="refusal"/>.</summary>
    public Verdict Refuse(Exchange exchange, Answer refusal)
    {
        if (!_allowsAnonymous) return refusal;
        if (_anonymous is null) return _anonymousIsMissing!;
        exchange.Authenticate(_anonymous, null);
        var headers = exchange.Http.Request.Headers;
        Describe(headers, _anonymous);
        headers.Remove(CredentialIdentifier);
        headers[Anonymous] = "true";
        return Verdict.Continue;
    }

    /// <summary>
    /// The plugin does not ask this request for a credential (a preflight). Unlike Kong we drop the client's own claims here too: an upstream must be able
    /// to trust these headers on every request of a protected route.
    /// </summary>
    public static Verdict Skip(Exchange exchange)
    {
        if (exchange.Consumer is not null || exchange.IsAuthenticated) return Verdict.Continue;
        var headers = exchange.Http.Request.Headers;
        Describe(headers, null);
        headers.Remove(CredentialIdentifier);
        headers.Remove(Anonymous);
        return Verdict.Continue;
    }

    static void Describe(IHeaderDictionary headers, Consumer? consumer)
    {
        Set(headers, ConsumerId, consumer?.Id);
        Set(headers, ConsumerCustomId, consumer?.CustomId);
        Set(headers, ConsumerUsername, consumer?.Username);
    }

    static void Set(IHeaderDictionary headers, string name, string? value)
    {
        if (value is null) headers.Remove(name);
        else headers[name] = value;
    }

    [LoggerMessage(1, LogLevel.Warning, "Anonymous consumer {Anonymous} of plugin {PluginId} does not exist: requests it should stand in for are answered 500")]
    static partial void LogMissing(ILogger log, string anonymous, string pluginId);
}
