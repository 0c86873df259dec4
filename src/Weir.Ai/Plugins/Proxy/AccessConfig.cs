using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json.Serialization;

namespace Weir.Ai.Plugins;

/// <summary>Who may use which of the targets.</summary>
sealed record AccessConfig
{
    [Description("A call may go to a target when one of these rules matches; unset: whatever no deny rule matches."), MinLength(1)]
    public IReadOnlyList<AccessRuleConfig>? Allow { get; init; }

    [Description("A call may not go to a target when one of these rules matches, whatever is allowed."), MinLength(1)]
    public IReadOnlyList<AccessRuleConfig>? Deny { get; init; }

    /// <summary>The rules of these lists, which stand at <paramref name="field"/>.</summary>
    internal void Check(string field, Problems problems)
    {
        Check(Allow, $"{field}.allow", problems);
        Check(Deny, $"{field}.deny", problems);
    }

    static void Check(IReadOnlyList<AccessRuleConfig>? rules, string field, Problems problems)
    {
        for (var i = 0; i < (rules?.Count ?? 0); i++)
            for (var j = 0; j < rules![i].Match.Count; j++) Check(rules[i].Match[j], $"{field}[{i}].match[{j}]", problems);
    }

    static void Check(AccessMatchConfig match, string field, Problems problems)
    {
        IReadOnlyList<string>? keys = match.Type switch
        {
            AccessMatchType.Consumer => ["id", "username"],
            AccessMatchType.ConsumerGroup => ["id", "name"],
            AccessMatchType.Header => null,
            _ => [],
        };
        if (match.Type == AccessMatchType.Header && match.Key is null) problems.Add($"{field}.key", "is required for type header");
        if (keys is { Count: > 0 } && match.Key is { } key && !keys.Contains(key))
            problems.Add($"{field}.key", $"expected one of: {string.Join(", ", keys)}; found '{key}'");
        if (keys is { Count: 0 } && match.Key is not null) problems.Warn($"{field}.key", "has no effect with this type");
        if (match.Type == AccessMatchType.Ip)
            for (var i = 0; i < match.Values.Count; i++)
                if (!TryNetwork(match.Values[i], out _)) problems.Add($"{field}.values[{i}]", $"'{match.Values[i]}' is no IP address and no CIDR range");
        if (match.Type == AccessMatchType.Provider)
            for (var i = 0; i < match.Values.Count; i++)
                if (!ProviderNames.All.Contains(match.Values[i])) problems.Add($"{field}.values[{i}]", $"there is no provider '{match.Values[i]}'");
    }

    /// <summary>Reads an address or a range.</summary>
    internal static bool TryNetwork(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network)) return true;
        // Shorter forms of the old family are addresses to the parser, too.
        if (!IPAddress.TryParse(text, out var address) || text.Contains('%') || !(text.Contains(':') || text.Count('.') == 3)) return false;
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }
}

/// <summary>A rule: what a call and a target must have, all of it.</summary>
sealed record AccessRuleConfig
{
    [Description("What must be met, all of it."), MinLength(1)]
    public required IReadOnlyList<AccessMatchConfig> Match { get; init; }
}

/// <summary>Something that a call or a target must have.</summary>
sealed record AccessMatchConfig
{
    [Description("What is looked at: of the call, or (model, provider) of the target. A model is its name, its alias or what the client asks for.")]
    public required AccessMatchType Type { get; init; }

    [Description("Name of the header with type header; id or username with consumer, id or name with consumer_group (unset: either).")]
    public string? Key { get; init; }

    [Description("Values that match."), MinLength(1)]
    public required IReadOnlyList<string> Values { get; init; }
}

/// <summary>What an access rule looks at.</summary>
enum AccessMatchType
{
    [JsonStringEnumMemberName("consumer")] Consumer,
    [JsonStringEnumMemberName("consumer_group")] ConsumerGroup,
    [JsonStringEnumMemberName("header")] Header,
    [JsonStringEnumMemberName("ip")] Ip,
    [JsonStringEnumMemberName("model")] Model,
    [JsonStringEnumMemberName("path")] Path,
    [JsonStringEnumMemberName("provider")] Provider,
    [JsonStringEnumMemberName("authenticated_groups")] AuthenticatedGroups,
}
