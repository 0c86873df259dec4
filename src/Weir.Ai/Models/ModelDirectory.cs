using System.Collections.Frozen;
using System.Text.Json;
using Weir.Config;
using Weir.Identity;

namespace Weir.Ai;

/// <summary>The models that a configuration offers to callers, by name.</summary>
/// <param name="models">The models of a document.</param>
sealed class ModelDirectory(IReadOnlyList<AiModelConfig> models)
{
    readonly FrozenDictionary<string, OfferedModel> _byName =
        models.Where(static model => model.Enabled).ToFrozenDictionary(static model => model.Name, static model => new OfferedModel(model));

    /// <summary>All of them, in the order of the file.</summary>
    public IReadOnlyList<OfferedModel> All => [.. models.Where(static model => model.Enabled).Select(model => _byName[model.Name])];

    /// <summary>Whether the configuration has a model of this name, offered or disabled.</summary>
    public bool Knows(string name) => models.Any(model => model.Name == name);

    /// <summary>The model of this name; null when there is none that is offered.</summary>
    public OfferedModel? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>A model that callers may ask for, if they may use it.</summary>
sealed class OfferedModel
{
    readonly AiModelConfig _config;
    readonly FrozenSet<string>? _allowed;
    readonly FrozenSet<string>? _denied;

    public OfferedModel(AiModelConfig config)
    {
        _config = config;
        Asked = config.Asked();
        Entity = new EntityRef(config.Id!, config.Name, config.Tags ?? [], () => JsonSerializer.SerializeToUtf8Bytes(config, EntityJson.Default.AiModelConfig));
        if (config.Access?.Acls is { Allow.Count: > 0 } allow) _allowed = allow.Allow.ToFrozenSet(StringComparer.Ordinal);
        if (config.Access?.Acls is { Deny.Count: > 0 } deny) _denied = deny.Deny.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The model as plugins are scoped to it.</summary>
    public EntityRef Entity { get; }

    /// <summary>The name that requests give.</summary>
    public string Asked { get; }

    public string DisplayName => _config.DisplayName ?? _config.Name;

    /// <summary>When it was made, as far as the configuration says.</summary>
    public DateTimeOffset CreatedAt => DateTimeOffset.FromUnixTimeSeconds((long)Math.Clamp(_config.CreatedAt ?? 0, 0, int.MaxValue));

    /// <summary>Callers need a virtual key.</summary>
    public bool NeedsKey => _config.Access is { VirtualKeys: true };

    /// <summary>Whether the caller of this exchange may use it.</summary>
    public bool IsOpenTo(Exchange exchange, VirtualKey? key)
    {
        if (key is null ? NeedsKey : !key.MayUse(_config.Name)) return false;
        if (_denied is not null && IsIn(_denied, exchange)) return false;
        return _allowed is null || IsIn(_allowed, exchange);
    }

    static bool IsIn(FrozenSet<string> groups, Exchange exchange)
    {
        if (exchange.AuthenticatedGroups is { } claimed)
            foreach (var group in claimed)
                if (groups.Contains(group)) return true;
        if (exchange.Consumer is not { } consumer) return false;
        foreach (var group in consumer.Groups)
            if (groups.Contains(group.Name)) return true;
        foreach (var group in consumer.Acls)
            if (groups.Contains(group)) return true;
        return false;
    }
}
