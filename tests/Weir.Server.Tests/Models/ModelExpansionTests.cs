using Weir.Ai;
using Weir.Ai.Plugins;
using Weir.Config;

namespace Weir.Server.Tests;

public sealed class ModelExpansionTests
{
    [Theory]
    [InlineData("{targets: [{name: x, provider: main}]}", "model at line", "name: required field missing")]
    [InlineData("{name: m}", "model 'm'", "targets: required field missing")]
    [InlineData("{name: m, targets: []}", "model 'm'", "targets: length must be at least 1")]
    [InlineData("{name: m, targets: [{provider: main}]}", "model 'm'", "targets[0].name: required field missing")]
    [InlineData("{name: m, targets: [{name: x}]}", "model 'm'", "targets[0].provider: required field missing")]
    [InlineData("{name: m, targets: [{name: x, provider: mian}]}", "model 'm'",
        "targets[0].provider: there is no model_provider 'mian' in this document; did you mean 'main'?")]
    [InlineData("{name: m, targets: [{name: x, provider: main, weight: 0}]}", "model 'm'", "targets[0].weight: value should be between 1 and 65535")]
    [InlineData("{name: m, targets: [{name: x, provider: main, config: {type: azure}}]}", "model 'm'",
        "targets[0].config.type: the model_provider 'main' is of type openai, not azure")]
    [InlineData("{name: m, targets: [{name: x, provider: main, config: {deployment_id: d}}]}", "model 'm'",
        "targets[0].config.deployment_id: a provider of type openai has no such parameter")]
    [InlineData("{name: m, targets: [{name: x, provider: main, config: {temprature: 1}}]}", "model 'm'",
        "targets[0].config.temprature: unknown field; did you mean 'temperature'?")]
    [InlineData("{name: m, targets: [{name: x, provider: main, config: {temperature: hot}}]}", "model 'm'",
        "targets[0].config.temperature: expected a number, found the text \"hot\"")]
    [InlineData("{name: m, targets: [{name: x, provider: main, config: {temperature: 9}}]}", "model 'm'",
        "targets[0].config.temperature: value should be between 0 and 5")]
    [InlineData("{name: m, targets: [{name: x, provider: main, config: {upstream_url: nowhere}}]}", "model 'm'",
        "targets[0].config.upstream_url: 'nowhere' is no absolute URL")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], config: {balancer: {algorithm: random}}}", "model 'm'",
        "config.balancer.algorithm: expected one of: round-robin")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], config: {balancer: {algorithm: semantic}}}", "model 'm'",
        "config.balancer.algorithm: semantic is not supported yet")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], config: {response_streaming: never}}", "model 'm'",
        "config.response_streaming: expected one of: allow, deny, always")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], config: {proxy: {no_proxy: x}}}", "model 'm'", "config.proxy: Weir does not call providers")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], config: {route: {paths: [v1]}}}", "model 'm'", "config.route.paths[0]:")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], config: {route: {hosts: ['a b']}}}", "model 'm'", "config.route.hosts[0]:")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], config: {route: {model: {body_param: a, header_param: b}}}}", "model 'm'",
        "config.route.model: only one or none of these fields must be set")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], capabilities: [sing]}", "model 'm'", "capabilities[0]: expected one of: generate")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], capabilities: [realtime]}", "model 'm'",
        "capabilities[0]: models do not support realtime yet")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], capabilities: [files]}", "model 'm'", "capabilities[0]: files is of models of type api")]
    [InlineData("{name: m, type: api, targets: [{name: x, provider: main}]}", "model 'm'", "capabilities: required field missing")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], formats: [{type: anthropic}], capabilities: [embeddings]}", "model 'm'",
        "capabilities[0]: none of the model's formats has embeddings")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], formats: []}", "model 'm'", "formats: length must be at least 1")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], formats: [{type: esperanto}]}", "model 'm'", "formats[0].type: expected one of: openai")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], access: {acls: {allow: [a], deny: [b]}}}", "model 'm'",
        "access.acls: only one or none of these fields must be set")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], access: {identity_providers: [okta]}}", "model 'm'",
        "access.identity_providers: Weir does not")]
    [InlineData("{name: m, targets: [{name: x, provider: main}], policies: [guard]}", "model 'm'", "policies[0]: there is no policy 'guard'")]
    public void Refuses_and_says_where_in_the_model(string model, string entity, string problem)
    {
        var shown = Assert.Single(Errors(ModelDocument.Provider + $"models:\n- {model}\n"));
        Assert.StartsWith("kong.yaml:7:", shown, StringComparison.Ordinal);
        Assert.Contains(entity, shown, StringComparison.Ordinal);
        Assert.Contains(": " + problem, shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{name: main, type: openai, config: {auth: {type: aws, client_id: x}}}",
        "config.auth.client_id: belongs to credentials of type azure, and these are of type aws")]
    [InlineData("{name: main, type: openai, config: {auth: {access_key_id: x}}}", "config.auth.access_key_id: belongs to credentials of type aws")]
    [InlineData("{name: main, type: openai, config: {auth: {headers: [{name: a, value: b}, {name: c, value: d}]}}}",
        "config.auth.headers: length must be at most 1")]
    [InlineData("{name: main, type: openai, config: {auth: {headers: [{name: a}]}}}", "all or none of these fields must be set: 'header_name', 'header_value'")]
    [InlineData("{name: main, type: openai, config: {auth: {params: [{name: a, value: b, location: cookie}]}}}",
        "config.auth.params[0].location: expected one of: query, body")]
    [InlineData("{name: main, type: openia, config: {}}", "type: expected one of: openai")]
    [InlineData("{name: main}", "type: required field missing")]
    public void Refuses_and_says_where_in_the_provider(string provider, string problem)
    {
        var errors = Errors($"model_providers:\n- {provider}\nmodels: [{{name: m, targets: [{{name: x, provider: main}}]}}]\n");
        var own = errors.Where(static shown => shown.Contains("model_provider 'main': ", StringComparison.Ordinal));
        Assert.Contains(own, shown => shown.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_policy_that_its_plugin_refuses_is_reported_as_the_policys_own_and_once()
    {
        var errors = Errors(ModelDocument.Provider + """
            policies: [{name: guard, type: ai-prompt-guard, config: {deny_patterns: ['(']}}]
            models:
            - {name: a, targets: [{name: x, provider: main}], policies: [guard]}
            - {name: b, targets: [{name: x, provider: main}], policies: [guard]}
            """);
        Assert.Contains("policy 'guard': config.deny_patterns[0]:", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cors")]
    [InlineData("key-auth")]
    [InlineData("correlation-id")]
    public void A_plugin_that_runs_before_the_model_is_known_is_no_policy_of_a_model(string type)
    {
        var errors = Errors(ModelDocument.Provider + $$"""
            policies: [{name: early, type: {{type}}}]
            models: [{name: a, targets: [{name: x, provider: main}], policies: [early]}]
            """);
        Assert.Contains($"model 'a': policies[0]: value must be null: the plugin {type} cannot be attached to a model", Assert.Single(errors));
    }

    [Fact]
    public void Reports_all_problems_of_all_models_at_once()
    {
        var errors = Errors(ModelDocument.Provider + """
            models:
            - {name: a, targets: [{name: x, provider: main, config: {temperature: hot, top_k: 1000}}], policies: [guard]}
            - {name: b, targets: [{name: x, provider: mian}, {provider: main}], config: {response_streaming: 7}}
            """);
        Assert.Equal(6, errors.Length);
    }

    [Fact]
    public void Two_models_may_not_be_asked_for_by_the_same_name_at_the_same_place()
    {
        const string Models = """
            models:
            - {name: a, targets: [{name: x, provider: main}]}
            - {name: b, targets: [{name: x, provider: main}], config: {model: {alias: a}}}
            """;
        Assert.Contains(
            "model 'b': config.model.alias: 'a' is asked for at /v1 already: by the name of model 'a'", Assert.Single(Errors(ModelDocument.Provider + Models)));
        const string Apart = """
            models:
            - {name: a, targets: [{name: x, provider: main}]}
            - {name: b, targets: [{name: x, provider: main}], config: {model: {alias: a}, route: {hosts: [b.test]}}}
            """;
        Assert.Equal(2, ModelDocument.Read(ModelDocument.Provider + Apart).AiModels.Count);
    }

    [Fact]
    public void Warns_of_providers_and_policies_that_nothing_uses()
    {
        var problems = ModelDocument.Problems(ModelDocument.Provider + "policies: [{name: idle, type: ai-prompt-guard, config: {deny_patterns: [x]}}]\n");
        Assert.Contains(problems, static problem => problem.Contains("warning: model_provider 'main': no model uses it", StringComparison.Ordinal));
        Assert.Contains(problems, static problem => problem.Contains("warning: policy 'idle': no model names it", StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_becomes_an_ai_model_routes_and_an_instance_of_ai_proxy_advanced_for_it()
    {
        var document = ModelDocument.Read(ModelDocument.Provider + """
            models:
            - name: gpt
              display_name: The quick one
              labels: {env: prod}
              formats: [{type: openai}, {type: anthropic}, {type: gemini}]
              capabilities: [generate, embeddings]
              targets:
              - {name: gpt-4o, provider: main, weight: 70, allow_auth_override: true, config: {temperature: 0.7, max_tokens: 100}}
              - {name: gpt-4o-mini, provider: main, weight: 30}
              config:
                model: {alias: fast, name_header: false}
                balancer: {algorithm: priority, retries: 2}
                response_streaming: deny
                max_request_body_size: 1000
                logging: {payloads: true}
              access: {acls: {allow: [gold]}, virtual_keys: true}
            """);
        var model = Assert.Single(document.AiModels);
        Assert.Equal(("gpt", "fast", "The quick one"), (model.Name, model.Alias, model.DisplayName));
        Assert.Equal(["env:prod"], model.Tags!);
        Assert.Equal(["gold"], model.Access!.Acls!.Allow!);

        var proxy = document.Plugins.Single(static plugin => plugin.Entity.Name == "ai-proxy-advanced");
        Assert.Equal(model.Id, proxy.Entity.Model!.Id);
        Assert.Null(proxy.Entity.Route);
        var config = Assert.IsType<AiProxyAdvanced.Config>(proxy.Config);
        Assert.Equal((ResponseStreaming.Deny, 1000, false), (config.ResponseStreaming, config.MaxRequestBodySize, config.ModelNameHeader));
        Assert.Equal((Weir.Ai.Plugins.BalancingAlgorithm.Priority, 2), (config.Balancer.Algorithm, config.Balancer.Retries));
        var target = config.Targets[0];
        Assert.Equal((ProviderName.OpenAi, "gpt-4o", "fast", 70), (target.Model.Provider, target.Model.Name, target.Model.ModelAlias, target.Weight));
        Assert.Equal((0.7, 100), (target.Model.Options.Temperature, target.Model.Options.MaxTokens));
        Assert.Equal(("Authorization", "Bearer x", true), (target.Auth.HeaderName, target.Auth.HeaderValue, target.Auth.AllowOverride));
        Assert.Equal((true, true), (target.Logging.LogStatistics, target.Logging.LogPayloads));

        Assert.Equal(
            ["models-v1-openai-generate", "models-v1-openai-embeddings", "models-v1-anthropic-generate", "models-v1-gemini-generate",
                "models-v1-gemini-embeddings", "models-v1-list"],
            document.Routes.Select(static route => route.Name));
        Assert.Equal(["/v1/chat/completions", "/v1/completions", "/v1/responses"], document.Routes[0].Paths!);
        Assert.Equal(["/v1/messages"], document.Routes[2].Paths!);
        Assert.Equal(["/v1/models", "/v1beta/models"], document.Routes[^1].Paths!);
        Assert.All(document.Routes, route =>
            Assert.Equal(["virtual-key-auth", "ai-model-selector"],
                document.Plugins.Where(plugin => plugin.Entity.Route?.Id == route.Id).Select(static plugin => plugin.Entity.Name)));
    }

    [Theory]
    [InlineData("/ai", "openai", "/ai/chat/completions,/ai/completions,/ai/responses")]
    [InlineData("/ai/", "openai", "/ai/chat/completions,/ai/completions,/ai/responses")]
    [InlineData("/", "openai", "/chat/completions,/completions,/responses")]
    [InlineData("/ai", "anthropic", "/ai/v1/messages")]
    [InlineData("/ai/v1", "anthropic", "/ai/v1/messages")]
    [InlineData("/v1", "cohere", "/v2/chat")]
    [InlineData("/v1", "gemini", "~/v1beta/models/[^/]+:(generateContent|streamGenerateContent|countTokens)$")]
    [InlineData("/v1", "bedrock", "~/model/.+/(converse|converse-stream)$")]
    [InlineData("~/(?<model>[^/]+)", "openai",
        "~/(?<model>[^/]+)/chat/completions$,~/(?<model>[^/]+)/completions$,~/(?<model>[^/]+)/responses$")]
    public void The_paths_are_those_of_the_dialects_below_the_models_own(string path, string format, string expected)
    {
        const string Model = "models: [{name: m, formats: [{type: FORMAT}], targets: [{name: x, provider: main}], config: {route: {paths: ['PATH']}}}]\n";
        var document = ModelDocument.Read(
            ModelDocument.Provider + Model.Replace("FORMAT", format, StringComparison.Ordinal).Replace("PATH", path, StringComparison.Ordinal));
        Assert.Equal(expected, string.Join(',', document.Routes[0].Paths!));
    }

    [Theory]
    [InlineData("{type: azure, config: {instance: east, auth: {type: azure, client_id: c, client_secret: s, tenant_id: t, use_managed_identity: true}}}",
        "{type: azure, deployment_id: d}")]
    [InlineData("{type: bedrock, config: {auth: {type: aws, access_key_id: a, secret_access_key: s, assume_role_arn: 'arn:aws:iam::123456789012:role/r'}}}",
        "{type: bedrock, region: eu-west-1}")]
    [InlineData("{type: vertex, config: {auth: {type: gcp, use_gcp_service_account: true}}}",
        "{type: vertex, gcp_environment: {api_endpoint: e, project_id: p, location_id: l}}")]
    [InlineData("{type: vllm, config: {upstream_url: 'http://llm.internal:8000'}}", "{type: vllm}")]
    [InlineData("{type: mistral, config: {auth: {params: [{name: k, value: v, location: query}]}}}", "{format: openai}")]
    public void Every_type_of_provider_has_its_own_parameters(string provider, string config)
    {
        var document = ModelDocument.Read(
            $"model_providers: [{{name: p, {provider[1..]}]\nmodels: [{{name: m, targets: [{{name: x, provider: p, config: {config}}}]}}]\n");
        var target = Assert.IsType<AiProxyAdvanced.Config>(document.Plugins.Single(static plugin => plugin.Entity.Model is not null).Config).Targets[0];
        var options = target.Model.Options;
        var seen = string.Join(' ', options.AzureInstance, options.AzureDeploymentId, target.Auth.AzureTenantId, options.Bedrock?.AwsRegion,
            options.Bedrock?.AwsAssumeRoleArn, target.Auth.AwsAccessKeyId, options.Gemini?.ProjectId, target.Auth.GcpUseServiceAccount ? "gcp" : "",
            options.UpstreamUrl, options.MistralFormat, target.Auth.ParamName);
        Assert.Equal(provider[7..provider.IndexOf(',', StringComparison.Ordinal)] switch
        {
            "azure" => "east d t        ",
            "bedrock" => "   eu-west-1 arn:aws:iam::123456789012:role/r a     ",
            "vertex" => "      p gcp   ",
            "vllm" => "        http://llm.internal:8000  ",
            _ => "         OpenAi k",
        }, seen);
    }

    [Fact]
    public void A_disabled_model_keeps_its_name_and_nothing_else()
    {
        var document = ModelDocument.Read(ModelDocument.Provider + "models: [{name: m, enabled: false, targets: [{name: x, provider: main}]}]\n");
        Assert.False(Assert.Single(document.AiModels).Enabled);
        Assert.Empty(document.Routes);
        Assert.Empty(document.Plugins);
    }

    [Fact]
    public void Plugins_of_the_file_may_be_attached_to_a_model_and_to_its_routes()
    {
        var document = ModelDocument.Read(ModelDocument.Provider + """
            models: [{name: m, targets: [{name: x, provider: main}]}]
            plugins:
            - {name: rate-limiting, model: m, config: {minute: 5}}
            - {name: key-auth, route: models-v1-openai-generate}
            """);
        Assert.Equal(document.AiModels[0].Id, document.Plugins[0].Entity.Model!.Id);
        Assert.Equal(document.Routes[0].Id, document.Plugins[1].Entity.Route!.Id);
    }

    static string[] Errors(string yaml) =>
        [.. ModelDocument.Try(yaml).Problems.Where(static problem => problem.Severity == Severity.Error).Select(static problem => problem.ToString())];
}
