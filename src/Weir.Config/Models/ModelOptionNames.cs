namespace Weir.Config;

/// <summary>Where the parameters of a model's target stand in the options of ai-proxy, by the type of the provider.</summary>
static class ModelOptionNames
{
    static readonly string[] s_everywhere =
    [
        "max_tokens", "temperature", "top_p", "top_k", "embeddings_dimensions", "input_cost", "output_cost", "cache_read_cost", "cache_write_cost",
        "upstream_url",
    ];

    static readonly (string Type, string Field, string Option)[] s_own =
    [
        ("anthropic", "version", "anthropic_version"),
        ("azure", "deployment_id", "azure_deployment_id"),
        ("azure", "api_version", "azure_api_version"),
        ("bedrock", "region", "bedrock.aws_region"),
        ("bedrock", "batch_bucket_prefix", "bedrock.batch_bucket_prefix"),
        ("bedrock", "embeddings_normalize", "bedrock.embeddings_normalize"),
        ("bedrock", "performance_config_latency", "bedrock.performance_config_latency"),
        ("bedrock", "video_output_s3_uri", "bedrock.video_output_s3_uri"),
        ("cohere", "api_version", "cohere.api_version"),
        ("cohere", "embedding_input_type", "cohere.embedding_input_type"),
        ("cohere", "wait_for_model", "cohere.wait_for_model"),
        ("dashscope", "international", "dashscope.international"),
        ("databricks", "workspace_instance_id", "databricks.workspace_instance_id"),
        ("gemini", "gcp_environment", "gemini"),
        ("huggingface", "use_cache", "huggingface.use_cache"),
        ("huggingface", "wait_for_model", "huggingface.wait_for_model"),
        ("kimi", "international", "kimi.international"),
        ("llama2", "format", "llama2_format"),
        ("mistral", "format", "mistral_format"),
        ("vertex", "gcp_environment", "gemini"),
    ];

    /// <summary>Fields of a provider's credentials and where they go: into the target's auth, or (with a dot) into its options.</summary>
    public static readonly IReadOnlyList<(string Type, string Field, string Target)> Auth =
    [
        ("aws", "access_key_id", "aws_access_key_id"),
        ("aws", "secret_access_key", "aws_secret_access_key"),
        ("aws", "assume_role_arn", "bedrock.aws_assume_role_arn"),
        ("aws", "role_session_name", "bedrock.aws_role_session_name"),
        ("aws", "sts_endpoint_url", "bedrock.aws_sts_endpoint_url"),
        ("aws", "batch_role_arn", "bedrock.batch_role_arn"),
        ("azure", "client_id", "azure_client_id"),
        ("azure", "client_secret", "azure_client_secret"),
        ("azure", "tenant_id", "azure_tenant_id"),
        ("azure", "use_managed_identity", "azure_use_managed_identity"),
        ("gcp", "use_gcp_service_account", "gcp_use_service_account"),
        ("gcp", "service_account_json", "gcp_service_account_json"),
        ("gcp", "metadata_url", "gcp_metadata_url"),
        ("gcp", "oauth_token_url", "gcp_oauth_token_url"),
    ];

    /// <summary>The option that a field stands for; null where this type of provider has none.</summary>
    public static string? Of(string type, string field) =>
        s_everywhere.Contains(field) ? field : s_own.FirstOrDefault(row => row.Type == type && row.Field == field).Option;
}
