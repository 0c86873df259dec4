using System.Net;
using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Who may use which targets: a rule matches when all of it does; one deny rule that matches outweighs every allow rule.</summary>
sealed class AccessRules(AccessConfig config)
{
    readonly Match[][]? _allow = Prepare(config.Allow);
    readonly Match[][]? _deny = Prepare(config.Deny);

    /// <summary>Whether a call for the model <paramref name="asked"/> may go to a target.</summary>
    public bool Allows(Exchange exchange, string asked, Target target) =>
        !Any(_deny, exchange, asked, target) && (_allow is null || Any(_allow, exchange, asked, target));

    static Match[][]? Prepare(IReadOnlyList<AccessRuleConfig>? rules) =>
        rules is null ? null : [.. rules.Select(static rule => rule.Match.Select(static match => new Match(match)).ToArray())];

    static bool Any(Match[][]? rules, Exchange exchange, string asked, Target target)
    {
        foreach (var rule in rules ?? [])
        {
            var matches = true;
            foreach (var match in rule) matches = matches && match.Is(exchange, asked, target);
            if (matches) return true;
        }
        return false;
    }

    sealed class Match(AccessMatchConfig config)
    {
        readonly string[] _values = [.. config.Values];
        readonly IPNetwork[] _networks = config.Type == AccessMatchType.Ip ? [.. config.Values.Select(Network)] : [];

        public bool Is(Exchange exchange, string asked, Target target) => config.Type switch
        {
            AccessMatchType.Consumer => exchange.Consumer is { } consumer
                && ((config.Key != "username" && Has(consumer.Id)) || (config.Key != "id" && Has(consumer.Username))),
            AccessMatchType.ConsumerGroup => IsInGroup(exchange),
            AccessMatchType.Header => HasHeader(exchange),
            AccessMatchType.Ip => IsFrom(exchange.ClientIp),
            AccessMatchType.Model => Has(asked) || Has(target.Config.Model.ModelAlias) || Has(target.ModelFor(exchange, asked)),
            AccessMatchType.Path => Has(exchange.Path),
            AccessMatchType.Provider => Has(target.ProviderText),
            _ => HasAny(exchange.AuthenticatedGroups),
        };

        bool Has(string? value) => value is not null && Array.IndexOf(_values, value) >= 0;

        bool HasAny(IReadOnlyList<string>? values)
        {
            foreach (var value in values ?? [])
                if (Has(value)) return true;
            return false;
        }

        bool IsInGroup(Exchange exchange)
        {
            foreach (var group in exchange.Consumer?.Groups ?? [])
                if ((config.Key != "name" && Has(group.Id)) || (config.Key != "id" && Has(group.Name))) return true;
            return false;
        }

        bool HasHeader(Exchange exchange)
        {
            foreach (var value in exchange.Http.Request.Headers[config.Key!])
                if (Has(value)) return true;
            return false;
        }

        bool IsFrom(IPAddress address)
        {
            var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            foreach (var network in _networks)
                if (network.Contains(plain)) return true;
            return false;
        }

        static IPNetwork Network(string text) => AccessConfig.TryNetwork(text, out var network) ? network : default;
    }
}
