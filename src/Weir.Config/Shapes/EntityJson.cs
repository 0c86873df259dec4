using System.Text.Json.Serialization;

namespace Weir.Config;

/// <summary>JSON metadata of the entities: their names in files and nothing else.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ServiceConfig))]
[JsonSerializable(typeof(RouteConfig))]
[JsonSerializable(typeof(UpstreamConfig))]
[JsonSerializable(typeof(TargetConfig))]
[JsonSerializable(typeof(ConsumerConfig))]
[JsonSerializable(typeof(ConsumerGroupConfig))]
[JsonSerializable(typeof(PluginConfig))]
[JsonSerializable(typeof(KeyAuthCredentialConfig))]
[JsonSerializable(typeof(BasicAuthCredentialConfig))]
[JsonSerializable(typeof(HmacAuthCredentialConfig))]
[JsonSerializable(typeof(JwtCredentialConfig))]
[JsonSerializable(typeof(AclConfig))]
[JsonSerializable(typeof(CertificateConfig))]
[JsonSerializable(typeof(SniConfig))]
[JsonSerializable(typeof(CaCertificateConfig))]
[JsonSerializable(typeof(VaultConfig))]
[JsonSerializable(typeof(KeyConfig))]
[JsonSerializable(typeof(KeySetConfig))]
[JsonSerializable(typeof(PartialConfig))]
[JsonSerializable(typeof(BudgetConfig))]
[JsonSerializable(typeof(ModelProviderConfig))]
[JsonSerializable(typeof(PolicyConfig))]
[JsonSerializable(typeof(ModelConfig))]
[JsonSerializable(typeof(AiModelConfig))]
[JsonSerializable(typeof(VirtualKeyConfig))]
[JsonSerializable(typeof(EnvVaultSettings))]
[JsonSerializable(typeof(FileVaultSettings))]
[JsonSerializable(typeof(HcvVaultSettings))]
[JsonSerializable(typeof(AwsVaultSettings))]
[JsonSerializable(typeof(GcpVaultSettings))]
[JsonSerializable(typeof(AzureVaultSettings))]
[JsonSerializable(typeof(ConjurVaultSettings))]
sealed partial class EntityJson : JsonSerializerContext;
