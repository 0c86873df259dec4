using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Databricks' serving endpoints of one workspace.</summary>
sealed class Databricks : Provider
{
    public override ProviderName Name => ProviderName.Databricks;

    // It refuses stream_options.
    public override bool MustAskForUsage => false;

    public override string Url(ModelOptions options) => $"https://{options.Databricks?.WorkspaceInstanceId}.cloud.databricks.com/serving-endpoints";

    public override void Check(ModelConfig model, string field, Problems problems)
    {
        if (model.Options.UpstreamUrl is null && string.IsNullOrEmpty(model.Options.Databricks?.WorkspaceInstanceId))
            problems.Add($"{field}.options.databricks.workspace_instance_id", "is required for provider databricks, unless upstream_url is set");
    }
}
