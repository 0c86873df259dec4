using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Gateway.Plugins;

/// <summary>A key that names everything a configuration says, without showing its secrets.</summary>
static class ConfigKey
{
    public static string Of<TConfig>(string plugin, TConfig config, JsonTypeInfo<TConfig> type) =>
        plugin + "/" + Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(config, type)));
}
