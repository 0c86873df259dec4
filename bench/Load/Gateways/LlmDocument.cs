using System.Security.Cryptography;
using System.Text;

namespace Weir.Bench.Load;

/// <summary>The Kong file that Weir serves in a row of model calls: one provider that speaks OpenAI's dialect.</summary>
static class LlmDocument
{
    /// <summary>The virtual key of the caller.</summary>
    public const string Key = "wk_bench-5f0c7a91e4-5f0c7a91e4-5f0c7a91e4";

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
        {{(llm.IsGoverned ? Caller : "")}}
        """;

    /// <summary>Limits that the load cannot reach: counting is measured, not refusing.</summary>
    const string Governance = """
              - name: virtual-key-auth
              - name: ai-rate-limiting-advanced
                config:
                  policies:
                    - limits:
                        - { limit: 1000000000000, window_size: 60 }
                        - { limit: 1000000, window_size: 86400, tokens_count_strategy: cost }
              - name: ai-prompt-guard
                config: { deny_patterns: ["(?i)ignore (all )?previous instructions", "(?i)system prompt"] }
        """;

    static string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Key)));

    static string Caller => $$"""
        virtual_keys:
          - { name: bench, hash: "sha256:{{Hash}}", organisation: acme, team: river, user: ann }
        budgets:
          - { name: organisation, applies_to: organisation, limit: "1000000" }
          - { name: team, applies_to: team, limit: "100000", period: day }
          - { name: person, applies_to: user, limit: "10000", period: day }
        """;
}
