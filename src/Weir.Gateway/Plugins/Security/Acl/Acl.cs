using System.Collections.Frozen;
using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Identity;

namespace Weir.Gateway.Plugins;

/// <summary>Lets callers pass, or not, by the groups they belong to.</summary>
sealed class Acl : IPluginKind<Acl.Config>, IOnRequest
{
    const string ConsumerGroupsHeader = "X-Consumer-Groups";
    const string AuthenticatedGroupsHeader = "X-Authenticated-Groups";

    static readonly Answer Unidentified = Answer.Error(401, "Unauthorized");
    static readonly Answer Forbidden = Answer.Error(403, "You cannot consume this service");

    readonly Config _config;
    readonly FrozenSet<string> _groups;
    readonly bool _denies;

    Acl(Config config)
    {
        _config = config;
        _denies = config.Deny is { Count: > 0 };
        _groups = (_denies ? config.Deny : config.Allow ?? [])!.ToFrozenSet(StringComparer.Ordinal);
    }

    public static string Name => "acl";
    public static string Summary => "Lets consumers pass, or not, by the groups they belong to.";
    public static JsonTypeInfo<Config> ConfigType => AclJson.Default.Config;
    public static PluginScopes Scopes => PluginScopes.NoConsumer | PluginScopes.Model;

    public static IPlugin Create(Config config, PluginContext context) => new Acl(config);

    public static void Check(Config config, Problems problems)
    {
        var allows = config.Allow is { Count: > 0 };
        var denies = config.Deny is { Count: > 0 };
        if (allows && denies) problems.Add("only one or none of these fields must be set: 'allow', 'deny'");
        if (!allows && !denies) problems.Add("at least one of these fields must be non-empty: 'allow', 'deny'");
    }

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var headers = exchange.Http.Request.Headers;
        headers.Remove(ConsumerGroupsHeader);
        headers.Remove(AuthenticatedGroupsHeader);

        if (exchange.AuthenticatedGroups is { } claimed && (_config.AlwaysUseAuthenticatedGroups || exchange.Consumer is null || !exchange.IsAuthenticated))
            return Decide(exchange, IsListed(claimed), AuthenticatedGroupsHeader, GroupNames.TextOf(claimed));
        if (exchange.Consumer is not { } consumer)
            return exchange.IsAuthenticated ? Forbidden : (Verdict)Unidentified;
        if (!_config.IncludeConsumerGroups || consumer.Groups.Count == 0)
            return Decide(exchange, IsListed(consumer.Acls), ConsumerGroupsHeader, GroupNames.TextOf(consumer.Acls));
        string[] all = [.. consumer.Acls, .. consumer.Groups.Select(static group => group.Name)];
        return Decide(exchange, IsListed(all), ConsumerGroupsHeader, GroupNames.TextOf(all));
    }

    Verdict Decide(Exchange exchange, bool isListed, string header, string groups)
    {
        if (isListed == _denies) return Forbidden;
        if (!_config.HideGroupsHeader && groups.Length > 0) exchange.Http.Request.Headers[header] = groups;
        return Verdict.Continue;
    }

    bool IsListed(IReadOnlyList<string> groups)
    {
        for (var i = 0; i < groups.Count; i++)
            if (_groups.Contains(groups[i])) return true;
        return false;
    }

    /// <summary>Settings of acl.</summary>
    public sealed record Config
    {
        [Description("Groups that may pass; everybody else may not. Either this or deny.")]
        public IReadOnlyList<string>? Allow { get; init; }

        [Description("Whether groups that the credential carries count even when the consumer is known; they do anyway when it is not, or anonymous.")]
        public bool AlwaysUseAuthenticatedGroups { get; init; }

        [Description("Groups that may not pass; everybody else may. Either this or allow.")]
        public IReadOnlyList<string>? Deny { get; init; }

        [Description("Whether the upstream is not told the groups in X-Consumer-Groups or X-Authenticated-Groups.")]
        public bool HideGroupsHeader { get; init; }

        [Description("Whether the names of the consumer's consumer groups count as well as its acl groups.")]
        public bool IncludeConsumerGroups { get; init; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Acl.Config))]
sealed partial class AclJson : JsonSerializerContext;
