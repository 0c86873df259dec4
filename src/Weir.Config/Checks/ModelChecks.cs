using System.Collections.Frozen;
using System.Text.Json;

namespace Weir.Config;

/// <summary>Rules of models and providers. What their targets, balancers and policies mean is judged by the plugins that they become.</summary>
static class ModelChecks
{
    /// <summary>Every parameter that a target may have with some type of provider.</summary>
    public static FrozenSet<string> TargetFields { get; } =
        EntityJson.Default.ModelTargetSettings.Properties.Select(static property => property.Name).ToFrozenSet(StringComparer.Ordinal);

    public static void Check(Collector collected, Report report)
    {
        foreach (var (row, model) in collected.Parsed<ModelConfig>(EntityKinds.Models)) Check(row, model, report);
        foreach (var (row, model) in collected.Parsed<AiModelConfig>(EntityKinds.AiModels)) CheckAccess(row, model.Access, report);
        foreach (var (row, provider) in collected.Parsed<ModelProviderConfig>(EntityKinds.ModelProviders)) CheckAuth(row, provider.Config.Auth, report);
    }

    static void Check(Row row, ModelConfig model, Report report)
    {
        CheckCapabilities(row, model, report);
        CheckAccess(row, model.Access, report);
        if (model.Formats.Count == 0) report.Error(row, "formats", "length must be at least 1");
        if (model.Config.Proxy is { ValueKind: not JsonValueKind.Null }) report.Error(row, "config.proxy", "Weir does not call providers through a proxy yet");
        if (model.Config.Balancer is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Object) })
            report.Error(row, "config.balancer", "expected a record");
        if (model.Config.Route.Model is not { } named) return;
        string?[] places = [named.BodyParam, named.HeaderParam, named.PathParam];
        if (places.Count(static place => place is not null) > 1)
            report.Error(row, "config.route.model", "only one or none of these fields must be set: 'body_param', 'header_param', 'path_param'");
    }

    static void CheckCapabilities(Row row, ModelConfig model, Report report)
    {
        var isApi = model.Type == ModelType.Api;
        var capabilities = model.Capabilities ?? (isApi ? [] : [ModelCapability.Generate]);
        if (capabilities.Count == 0)
            report.Error(row, "capabilities", isApi ? "required field missing: an api has files, batches or both" : "length must be at least 1");
        for (var i = 0; i < capabilities.Count; i++)
        {
            var field = model.Capabilities is null ? "capabilities" : $"capabilities[{i}]";
            var text = Text(capabilities[i]);
            if (capabilities[i] is ModelCapability.Files or ModelCapability.Batches != isApi)
                report.Error(row, field, isApi ? $"an api has files and batches only, not {text}" : $"{text} is of models of type api");
            else if (capabilities[i] == ModelCapability.Realtime)
                report.Error(row, field, "models do not support realtime yet: use ai-proxy on a route of its own");
            else if (model.Formats.Count > 0 && !model.Formats.Any(format => ModelPaths.Has(Text(format.Type), text)))
                report.Error(row, field, $"none of the model's formats has {text}");
        }
    }

    static void CheckAccess(Row row, ModelAccess? access, Report report)
    {
        if (access?.Acls is { Allow.Count: > 0, Deny.Count: > 0 })
            report.Error(row, "access.acls", "only one or none of these fields must be set: 'allow', 'deny'");
        if (access?.IdentityProviders is { Count: > 0 })
            report.Error(row, "access.identity_providers",
                "Weir does not support identity providers yet: attach an authentication plugin to the model's routes");
    }

    static void CheckAuth(Row row, ModelProviderAuth auth, Report report)
    {
        var type = Text(auth.Type);
        if (row.Node.Map("config").Map("auth") is not { } written) return;
        foreach (var entry in written.Entries)
        {
            var owner = entry.Key is "headers" or "params" ? "basic" : ModelOptionNames.Auth.FirstOrDefault(own => own.Field == entry.Key).Type;
            if (owner is null || owner == type || entry.Value is ScalarNode { Kind: ScalarKind.Null }) continue;
            report.Error(row, "config.auth." + entry.Key, $"belongs to credentials of type {owner}, and these are of type {type}");
        }
    }

    static string Text<T>(T value) where T : struct, Enum =>
        JsonSerializer.SerializeToElement(value, EntityJson.Default.Options.GetTypeInfo(typeof(T))).GetString()!;
}
