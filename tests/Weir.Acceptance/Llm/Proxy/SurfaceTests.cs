using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Server;
using Weir.Telemetry;

namespace Weir.Acceptance;

/// <summary>Embeddings, rankings and counts of tokens, asked in one vendor's words and answered by another's model.</summary>
public sealed class SurfaceTests : IAsyncLifetime
{
    const int Dimensions = 16;

    static readonly (string Name, string Provider, string Model, string Auth)[] s_embedders =
    [
        ("openai", "openai", "text-embedding-3-small", "header_name: Authorization, header_value: Bearer k"),
        ("mistral", "mistral", "mistral-embed", "header_name: Authorization, header_value: Bearer k"),
        ("gemini", "gemini", "gemini-embedding-001", "header_name: x-goog-api-key, header_value: k"),
        ("vertex", "vertex", "gemini-embedding-001", "header_name: Authorization, header_value: Bearer k"),
        ("cohere", "cohere", "embed-v4.0", "header_name: Authorization, header_value: Bearer k"),
        ("titan", "bedrock", "amazon.titan-embed-text-v2:0", "aws_access_key_id: k, aws_secret_access_key: not a secret"),
        ("nova", "bedrock", "amazon.nova-2-multimodal-embeddings-v1:0", "aws_access_key_id: k, aws_secret_access_key: not a secret"),
        ("bedrock-cohere-3", "bedrock", "cohere.embed-multilingual-v3", "aws_access_key_id: k, aws_secret_access_key: not a secret"),
        ("bedrock-cohere-4", "bedrock", "cohere.embed-v4:0", "aws_access_key_id: k, aws_secret_access_key: not a secret"),
    ];

    static readonly (string Name, string Provider, string Model, string Auth)[] s_others =
    [
        ("ranker-cohere", "cohere", "rerank-v3.5", "header_name: Authorization, header_value: Bearer k"),
        ("ranker-vllm", "vllm", "bge-reranker", "header_name: Authorization, header_value: Bearer k"),
        ("ranker-bedrock", "bedrock", "cohere.rerank-v3-5:0", "aws_access_key_id: k, aws_secret_access_key: not a secret"),
        ("ranker-amazon", "bedrock", "amazon.rerank-v1:0", "aws_access_key_id: k, aws_secret_access_key: not a secret"),
        ("anthropic", "anthropic", "claude-sonnet-4-0", "header_name: x-api-key, header_value: k"),
    ];

    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System, requiresKey: true);
    readonly string _ledger = Directory.CreateTempSubdirectory("weir-ledger").FullName;
    TestGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        await _mock.StartAsync(CancellationToken.None);
        var routes = string.Concat(s_embedders.Concat(s_others).Select(Route));
        _gateway = await TestGateway.StartAsync($"_format_version: \"3.0\"\nroutes:\n{routes}", settings => settings with { UsageLedger = _ledger });
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _mock.DisposeAsync();
        Directory.Delete(_ledger, recursive: true);
    }

    public static TheoryData<string> Embedders => [.. s_embedders.Select(static one => one.Name)];

    [Theory]
    [MemberData(nameof(Embedders))]
    public async Task OpenAIs_clients_get_embeddings_from_every_provider(string provider)
    {
        foreach (var format in new[] { "float", "base64" })
        {
            var answer = await PostAsync($"/{provider}/v1/embeddings", $$"""{"model":"m","input":"Grüße","dimensions":16,"encoding_format":"{{format}}"}""");
            var entry = Assert.Single(answer["data"]!.AsArray())!;
            Assert.Equal(("list", "embedding", 0), ((string?)answer["object"], (string?)entry["object"], (int?)entry["index"]));
            Assert.Equal(MockVector.Of("Grüße", Dimensions), format == "float" ? Numbers(entry["embedding"]) : Floats((string)entry["embedding"]!));
            Assert.InRange((int)answer["usage"]!["prompt_tokens"]!, 1, 10);
        }
        var record = new UsageReader(_ledger).Read().First();
        Assert.InRange(record.Tokens.Input, 1, 10);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("mistral")]
    [InlineData("gemini")]
    [InlineData("vertex")]
    [InlineData("cohere")]
    [InlineData("bedrock-cohere-3")]
    public async Task Many_texts_come_back_in_their_order(string provider)
    {
        var answer = await PostAsync($"/{provider}/v1/embeddings", """{"model":"m","input":["a","b","c"],"dimensions":16}""");
        Assert.Equal(["a", "b", "c"], answer["data"]!.AsArray().Select(static entry => Word(Numbers(entry!["embedding"]))));
        answer = await PostAsync($"/{provider}/v2/embed", """{"model":"m","texts":["a","b","c"],"input_type":"search_query","output_dimension":16}""");
        Assert.Equal(["a", "b", "c"], answer["embeddings"]!["float"]!.AsArray().Select(static vector => Word(Numbers(vector))));
        var requests = string.Join(',', "abc".Select(static c => $$$"""{"content":{"parts":[{"text":"{{{c}}}"}]},"outputDimensionality":16}"""));
        answer = await PostAsync($"/{provider}/v1beta/models/m:batchEmbedContents", $$"""{"requests":[{{requests}}]}""");
        Assert.Equal(["a", "b", "c"], answer["embeddings"]!.AsArray().Select(static entry => Word(Numbers(entry!["values"]))));
    }

    [Theory]
    [MemberData(nameof(Embedders))]
    public async Task Gemini_clients_get_one_embedding_from_every_provider(string provider)
    {
        const string Body = """{"content":{"parts":[{"text":"a"}]},"outputDimensionality":16,"taskType":"RETRIEVAL_QUERY"}""";
        var answer = await PostAsync($"/{provider}/v1beta/models/m:embedContent", Body);
        Assert.Equal("a", Word(Numbers(answer["embedding"]!["values"])));
    }

    [Fact]
    public async Task What_a_provider_has_no_word_for_is_named()
    {
        const string Body = """{"model":"m","texts":["a"],"input_type":"clustering","embedding_types":["float","int8"],"truncate":"END"}""";
        using var answer = await SendAsync("/titan/v2/embed", Body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("truncate, input_type, embedding_types", answer.Headers.GetValues("Weir-Translation-Loss").Single());
    }

    [Theory]
    [InlineData("/titan/v1/embeddings", """{"model":"m","input":["a","b"]}""", "one at a time")]
    [InlineData("/gemini/v1/embeddings", """{"model":"m","input":[1,2,3]}""", "must be text")]
    [InlineData("/gemini/v1/embeddings", """{"model":"m","input":{}}""", "input: must be a string")]
    [InlineData("/gemini/v1/embeddings", """{"model":"m","input":[]}""", "input: must not be empty")]
    [InlineData("/gemini/v1/embeddings", """{"model":"m"}""", "input: is required")]
    [InlineData("/gemini/v1/embeddings", """{"model":"m","input":"a","dimensions":"many"}""", "dimensions: must be a whole number")]
    [InlineData("/anthropic/v1/embeddings", """{"model":"m","input":"a"}""", "does not support")]
    [InlineData("/ranker-vllm/v2/rerank", """{"model":"m","query":"a","documents":[1]}""", "documents[0]: must be a string or an object")]
    [InlineData("/openai/v1/messages/count_tokens", """{"model":"m","messages":"no"}""", "messages")]
    public async Task What_cannot_be_asked_is_refused_in_the_clients_words(string path, string body, string expected)
    {
        using var answer = await SendAsync(path, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Contains(expected, (string?)(error["error"]?["message"] ?? error["message"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/cohere/v1/embeddings", "error")]
    [InlineData("/openai/v2/embed", "message")]
    [InlineData("/openai/v1beta/models/m:embedContent", "error")]
    public async Task Errors_of_the_provider_come_in_the_clients_words(string path, string field)
    {
        const string Text = "[mock: status=429; retry-after=7]";
        var body = $$$"""
            {"model":"m","input":"{{{Text}}}","texts":["{{{Text}}}"],"input_type":"search_query","content":{"parts":[{"text":"{{{Text}}}"}]}}
            """;
        using var answer = await SendAsync(path, body);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(7, answer.Headers.RetryAfter?.Delta?.TotalSeconds);
        Assert.NotNull(JsonNode.Parse(await answer.Content.ReadAsStringAsync())![field]);
    }

    [Theory]
    [InlineData("ranker-cohere")]
    [InlineData("ranker-vllm")]
    [InlineData("ranker-bedrock")]
    [InlineData("ranker-amazon")]
    public async Task Documents_are_ranked_for_clients_of_either_wire(string provider)
    {
        const string Body = """
            {"model":"m","query":"red car","documents":["a blue boat",{"text":"a red car"},"a red boat"],"top_n":2,"return_documents":true}
            """;
        foreach (var path in new[] { "/v1/rerank", "/v2/rerank" })
        {
            // Between equal wires the provider's own answer passes.
            var isPassed = provider == (path == "/v1/rerank" ? "ranker-vllm" : "ranker-cohere");
            var answer = await PostAsync($"/{provider}{path}", Body);
            Assert.Equal([1, 2], answer["results"]!.AsArray().Select(static result => (int)result!["index"]!));
            if (!isPassed) Assert.Equal("a red car", (string?)answer["results"]![0]!["document"]!["text"]);
        }
    }

    [Fact]
    public async Task Anthropics_clients_can_have_tokens_counted_by_whoever_answers()
    {
        const string Body = """{"model":"m","messages":[{"role":"user","content":"Hello there, how are you today?"}]}""";
        foreach (var provider in new[] { "anthropic", "gemini", "openai" })
        {
            using var answer = await SendAsync($"/{provider}/v1/messages/count_tokens", Body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var tokens = (int)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["input_tokens"]!;
            Assert.InRange(tokens, 7, 20);
            Assert.Equal(provider == "openai", answer.Headers.Contains("Weir-Token-Count"));
        }
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    [InlineData("vertex")]
    public async Task Geminis_clients_can_have_tokens_counted_by_whoever_answers(string provider)
    {
        const string Contents = """{"contents":[{"role":"user","parts":[{"text":"Hello there, how are you today?"}]}]}""";
        foreach (var body in new[] { Contents, $$"""{"generateContentRequest":{{Contents}}}""" })
        {
            // Vertex AI's bodies pass, and it knows the conversation alone.
            if (provider == "vertex" && body != Contents) continue;
            var answer = await PostAsync($"/{provider}/v1beta/models/m:countTokens", body);
            Assert.InRange((int)answer["totalTokens"]!, 7, 20);
        }
    }

    string Route((string Name, string Provider, string Model, string Auth) target) => $$"""
        - name: {{target.Name}}
          paths: [/{{target.Name}}]
          plugins:
          - name: ai-proxy
            config:
              auth: { {{target.Auth}} }
              model:
                provider: {{target.Provider}}
                name: "{{target.Model}}"
                model_alias: m
                options: {upstream_url: "{{_mock.Address}}", bedrock: {aws_region: eu-west-1}, gemini: {project_id: p, location_id: global} }

        """;

    Task<HttpResponseMessage> SendAsync(string path, string body) =>
        _gateway.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    async Task<JsonNode> PostAsync(string path, string body)
    {
        using var answer = await SendAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    static float[] Numbers(JsonNode? vector) => [.. vector!.AsArray().Select(static number => (float)number!)];

    static float[] Floats(string base64) => MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(base64)).ToArray();

    /// <summary>Which of the texts a, b and c has this vector.</summary>
    static string Word(float[] vector) => "abc".Select(static c => c.ToString()).Single(text => MockVector.Of(text, vector.Length).SequenceEqual(vector));
}
