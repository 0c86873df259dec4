namespace Weir.Acceptance;

/// <summary>A provider behind the gateway, played by the mock.</summary>
/// <param name="Name">Name in test results.</param>
/// <param name="Kind">Its name in a configuration.</param>
/// <param name="Model">A model of its own.</param>
/// <param name="Auth">Its auth field, as YAML.</param>
sealed record SdkProvider(string Name, string Kind, string Model, string Auth)
{
    const string Bearer = """{ header_name: Authorization, header_value: "Bearer key-of-the-gateway" }""";
    const string GoogleKey = "{ header_name: x-goog-api-key, header_value: key-of-the-gateway }";

    const string AwsKey = """{ aws_access_key_id: key-of-the-gateway, aws_secret_access_key: not a secret }""";

    public static readonly SdkProvider OpenAi = new("OpenAI", "openai", "gpt-5", Bearer);

    /// <summary>A model that does not think.</summary>
    public static readonly SdkProvider OpenAiPlain = new("OpenAI's plain model", "openai", "gpt-4o", Bearer);

    public static readonly SdkProvider Anthropic =
        new("Anthropic", "anthropic", "claude-sonnet-4-0", "{ header_name: x-api-key, header_value: key-of-the-gateway }");
    public static readonly SdkProvider Gemini = new("Gemini", "gemini", "gemini-2.5-flash", GoogleKey);
    public static readonly SdkProvider GeminiThree = new("Gemini 3", "gemini", "gemini-3-flash-preview", GoogleKey);
    public static readonly SdkProvider Mistral = new("Mistral", "mistral", "mistral-small-latest", Bearer);
    public static readonly SdkProvider DeepSeek = new("DeepSeek", "deepseek", "deepseek-reasoner", Bearer);

    public static readonly SdkProvider Cohere = new("Cohere", "cohere", "command-a-03-2025", Bearer);

    public static readonly SdkProvider Bedrock = new("Bedrock", "bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", AwsKey);

    /// <summary>A route that gives this provider's model under the name that the client asks for.</summary>
    public string Route(string path, string alias, string upstream) => $"""
        - name: {path}
          paths: [/{path}]
          plugins:
          - name: ai-proxy
            config:
              auth: {Auth}
              model:
                provider: {Kind}
                name: {Model}
                model_alias: "{alias}"
                options: {"{"} upstream_url: {upstream}, anthropic_version: "2023-06-01" {"}"}

        """;
}
