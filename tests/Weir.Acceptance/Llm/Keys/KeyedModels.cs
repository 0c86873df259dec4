using Weir.Identity;

namespace Weir.Acceptance;

/// <summary>Two models behind virtual keys: gpt in every dialect, claude in those of OpenAI and Anthropic; and keys in every state.</summary>
sealed class KeyedModels
{
    readonly Dictionary<string, string> _keys = new[] { "search", "all", "old", "expired", "revoked", "disabled", "ended" }
        .ToDictionary(static name => name, static _ => VirtualKeyText.New());

    /// <summary>The key of this name; <c>unknown</c> is one that nobody has.</summary>
    public string this[string name] => name == "unknown" ? VirtualKeyText.New() : _keys[name];

    public string Document(string upstream, string more = "") => $$"""
        _format_version: "3.0"
        model_providers:
        - {name: openai-main, type: openai, config: {upstream_url: "{{upstream}}", auth: {headers: [{name: Authorization, value: Bearer of-the-gateway}]} } }
        - {name: anthropic-main, type: anthropic, config: {upstream_url: "{{upstream}}", auth: {headers: [{name: x-api-key, value: of-the-gateway}]} } }
        models:
        - name: gpt
          display_name: The quick one
          formats: [{type: openai}, {type: anthropic}, {type: gemini}]
          capabilities: [generate, embeddings]
          targets: [{name: gpt-4o, provider: openai-main}]
          access: {virtual_keys: true}
        - name: claude
          formats: [{type: openai}, {type: anthropic}]
          targets: [{name: claude-sonnet-4-5, provider: anthropic-main}]
          access: {virtual_keys: true}
        virtual_keys:
        - name: search
          hash: {{Hash("search")}}
          models: [gpt]
          team: search
          session_header: X-Session
          previous:
          - {hash: "{{Hash("old")}}", expires_at: 2099-01-01}
          - {hash: "{{Hash("ended")}}", expires_at: 2020-01-01}
        - {name: all, hash: "{{Hash("all")}}", expires_at: 2099-01-01}
        - {name: expired, hash: "{{Hash("expired")}}", expires_at: 2020-01-01}
        - {name: revoked, hash: "{{Hash("revoked")}}", revoked_at: 2020-01-01}
        - {name: disabled, hash: "{{Hash("disabled")}}", enabled: false}
        {{more}}
        """;

    string Hash(string name) => SecretDigest.Of(_keys[name]).ToString();
}
