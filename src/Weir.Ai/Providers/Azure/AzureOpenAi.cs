using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Azure OpenAI: OpenAI's wire below an instance and a deployment.</summary>
sealed class AzureOpenAi : Provider
{
    public override ProviderName Name => ProviderName.Azure;

    public override IReadOnlyList<DialectName> Wires { get; } = [DialectName.OpenAiChat, DialectName.OpenAiResponses, DialectName.OpenAiCompletions];

    public override (string Name, string Prefix) KeyHeader => ("api-key", "");

    public override string Url(ModelOptions options) => $"https://{options.AzureInstance}.openai.azure.com/openai";

    public override string? PathOf(in ProviderCall call)
    {
        if (OpenAiPaths.Of(call) is not { } path) return null;
        if (call.Operation == Operation.Realtime)
        {
            var deployment = Uri.EscapeDataString(call.Options.AzureDeploymentId ?? call.Model);
            return $"/realtime?api-version={Uri.EscapeDataString(call.Options.AzureApiVersion)}&deployment={deployment}";
        }
        var version = "?api-version=" + Uri.EscapeDataString(call.Options.AzureApiVersion);
        // The Responses API and what is not a model's stand beside the deployments.
        if (call.Wire == DialectName.OpenAiResponses || call.Operation is Operation.Files or Operation.Batches or Operation.Assistants or Operation.Models)
            return path + version;
        return $"/deployments/{Uri.EscapeDataString(call.Options.AzureDeploymentId ?? call.Model)}{path}{version}";
    }

    public override void Check(ModelConfig model, string field, Problems problems)
    {
        if (model.Options.UpstreamUrl is not null) return;
        if (string.IsNullOrEmpty(model.Options.AzureInstance))
            problems.Add($"{field}.options.azure_instance", "is required for provider azure, unless upstream_url is set");
        if (string.IsNullOrEmpty(model.Options.AzureDeploymentId) && string.IsNullOrEmpty(model.Name))
            problems.Add($"{field}.options.azure_deployment_id", "is required for provider azure when the model has no name");
    }
}
