using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// Names the content of a document: documents that mean the same have the same hash, however they were written. Taken over the checked entities, so that
/// environment variables and secrets that changed under an unchanged file count too.
/// </summary>
static class DocumentHash
{
    /// <summary>SHA-256, hex.</summary>
    public static string Of(Document document)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, document);
        foreach (var other in document.Others)
        {
            Add(hash, typeof(Document), System.Text.Encoding.UTF8.GetBytes(other.Workspace));
            Add(hash, other);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static void Add(IncrementalHash hash, Document document)
    {
        Add(hash, document.Services, static json => json.ServiceConfig);
        Add(hash, document.Routes, static json => json.RouteConfig);
        Add(hash, document.Upstreams, static json => json.UpstreamConfig);
        Add(hash, document.Targets, static json => json.TargetConfig);
        Add(hash, document.Consumers, static json => json.ConsumerConfig);
        Add(hash, document.ConsumerGroups, static json => json.ConsumerGroupConfig);
        Add(hash, document.KeyAuthCredentials, static json => json.KeyAuthCredentialConfig);
        Add(hash, document.BasicAuthCredentials, static json => json.BasicAuthCredentialConfig);
        Add(hash, document.HmacAuthCredentials, static json => json.HmacAuthCredentialConfig);
        Add(hash, document.JwtSecrets, static json => json.JwtCredentialConfig);
        Add(hash, document.Acls, static json => json.AclConfig);
        Add(hash, document.Certificates, static json => json.CertificateConfig);
        Add(hash, document.Snis, static json => json.SniConfig);
        Add(hash, document.CaCertificates, static json => json.CaCertificateConfig);
        Add(hash, document.Vaults, static json => json.VaultConfig);
        Add(hash, document.Keys, static json => json.KeyConfig);
        Add(hash, document.KeySets, static json => json.KeySetConfig);
        Add(hash, document.Partials, static json => json.PartialConfig);
        Add(hash, document.Budgets, static json => json.BudgetConfig);
        Add(hash, document.AiModels, static json => json.AiModelConfig);
        Add(hash, document.VirtualKeys, static json => json.VirtualKeyConfig);
        hash.AppendData([document.PasswordsAreHashed ? (byte)1 : (byte)0]);
        foreach (var plugin in document.Plugins) Add(hash, plugin);
    }

    // The metadata of a kind costs more than all its entities in most documents, and most documents have few kinds.
    static void Add<T>(IncrementalHash hash, IReadOnlyList<T> entities, Func<EntityJson, JsonTypeInfo<T>> typeOf)
    {
        if (entities.Count == 0) return;
        var type = typeOf(EntityJson.Default);
        foreach (var entity in entities) Add(hash, typeof(T), JsonSerializer.SerializeToUtf8Bytes(entity, type));
    }

    /// <summary>The parsed settings stand for the written ones: defaults are filled in and references resolved.</summary>
    static void Add(IncrementalHash hash, DeclaredPlugin plugin)
    {
        var entity = plugin.Config is null ? plugin.Entity : plugin.Entity with { Config = null };
        Add(hash, typeof(PluginConfig), JsonSerializer.SerializeToUtf8Bytes(entity, EntityJson.Default.PluginConfig));
        if (plugin is { Kind: { } kind, Config: { } config }) Add(hash, kind.Type, JsonSerializer.SerializeToUtf8Bytes(config, kind.ConfigType));
    }

    /// <summary>Kind and length go first, so that no two lists of entities read the same.</summary>
    static void Add(IncrementalHash hash, Type kind, byte[] json)
    {
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{kind.Name} {json.Length}\n"));
        hash.AppendData(json);
    }
}
