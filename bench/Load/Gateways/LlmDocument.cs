namespace Weir.Bench.Load;

/// <summary>The Kong file that Weir serves in a row of model calls: one provider that speaks OpenAI's dialect.</summary>
static class LlmDocument
{
    public const string Key = "bench-key-for-models-5f0c7a91e4";

    public static string Text(LlmTraffic llm, int upstreamPort) => $$"""
        _format_version: "3.0"
        routes:
          - name: models
            paths: ["{{llm.Path}}"]
            strip_path: false
            plugins:
        {{(llm.IsGoverned ? Governance : "")}}
              - name: ai-proxy-advanced
                config:
                  max_request_body_size: 4194304
                  targets:
                    - route_type: llm/v1/chat
                      model:
                        provider: openai
                        name: gpt-4o
                        options: { upstream_url: "http://127.0.0.1:{{upstreamPort}}/v1/chat/completions", input_cost: 2.5, output_cost: 10 }
                      auth: { header_name: Authorization, header_value: Bearer sk-bench }
                      logging: { log_statistics: {{(llm.IsGoverned ? "true" : "false")}} }
        {{(llm.IsGoverned ? Consumer : "")}}
        """;

    /// <summary>Limits that the load cannot reach: counting is measured, not refusing.</summary>
    const string Governance = """
              - name: key-auth
                config: { key_names: [authorization] }
              - name: ai-rate-limiting-advanced
                config:
                  policies:
                    - limits:
                        - { limit: 1000000000000, window_size: 60 }
                        - { limit: 1000000, window_size: 86400, tokens_count_strategy: cost }
              - name: ai-prompt-guard
                config: { deny_patterns: ["(?i)ignore (all )?previous instructions", "(?i)system prompt"] }
        """;

    const string Consumer = $"""
        consumers:
          - username: bench
            keyauth_credentials:
              - key: Bearer {Key}
        """;
}
