using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class EmbedWireTests
{
    const string OpenAi = """{"model":"m","input":["a","b"],"dimensions":256,"encoding_format":"base64","user":"u","input_type":"query","extra":1}""";
    const string Gemini = """
        {"requests":[{"model":"models/m","content":{"parts":[{"text":"a"},{"text":"b"}]},"taskType":"CLUSTERING","title":"T","outputDimensionality":8}]}
        """;
    const string Cohere = """
        {"model":"m","texts":["a"],"input_type":"search_document","truncate":"END","output_dimension":8,"embedding_types":["float","int8"]}
        """;

    public static TheoryData<string, string, string, string> Written => new()
    {
        {
            OpenAi, "gemini",
            """
            {"requests":[{"model":"models/x","content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_QUERY",
            "outputDimensionality":256},{"model":"models/x","content":{"parts":[{"text":"b"}]},"taskType":"RETRIEVAL_QUERY",
            "outputDimensionality":256}]}
            """,
            "extra, user"
        },
        {
            OpenAi, "vertex",
            """
            {"instances":[{"content":"a","task_type":"RETRIEVAL_QUERY"},{"content":"b","task_type":"RETRIEVAL_QUERY"}],
            "parameters":{"outputDimensionality":256}}
            """,
            "extra, user"
        },
        {
            OpenAi, "cohere",
            """
            {"model":"x","texts":["a","b"],"input_type":"search_query","embedding_types":["float"],"output_dimension":256}
            """,
            "extra, user"
        },
        { OpenAi, "bedrock-cohere", """{"texts":["a","b"],"input_type":"search_query","output_dimension":256}""", "extra, user" },
        { Gemini, "openai", """{"model":"x","input":["ab"],"dimensions":8}""", "taskType, title" },
        { Gemini, "cohere", """{"model":"x","texts":["ab"],"input_type":"clustering","embedding_types":["float"],"output_dimension":8}""", "title" },
        { Gemini, "titan", """{"inputText":"ab","dimensions":8}""", "taskType, title" },
        {
            Gemini, "nova",
            """
            {"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"embeddingPurpose":"CLUSTERING","embeddingDimension":8,"text":{
            "truncationMode":"END","value":"ab"}}}
            """,
            "title"
        },
        { Cohere, "openai", """{"model":"x","input":["a"],"dimensions":8}""", "truncate, input_type, embedding_types" },
        {
            Cohere, "gemini",
            """
            {"requests":[{"model":"models/x","content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_DOCUMENT",
            "outputDimensionality":8}]}
            """,
            "truncate, embedding_types"
        },
        {
            Cohere, "vertex",
            """
            {"instances":[{"content":"a","task_type":"RETRIEVAL_DOCUMENT"}],"parameters":{"outputDimensionality":8,
            "autoTruncate":true}}
            """,
            "embedding_types"
        },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void Writes_what_each_provider_wants_and_names_the_rest(string body, string wire, string expected, string lost)
    {
        var problems = new Problems();
        var request = ReaderOf(body).ReadRequest(Encoding.UTF8.GetBytes(body), default, problems)!;
        var (json, losses) = Write(request, wire, problems);
        Assert.Empty(problems.Found);
        Assert.Equal(JsonShape.Text(JsonNode.Parse(expected)), JsonShape.Text(JsonNode.Parse(json)));
        Assert.Equal(lost, losses);
    }

    [Fact]
    public void Takes_the_operators_word_where_the_client_says_nothing()
    {
        var request = EmbedWires.OpenAi.ReadRequest("""{"model":"m","input":"a"}"""u8.ToArray(), default, new Problems())!;
        var options = new ModelOptions
        {
            EmbeddingsDimensions = 8,
            Cohere = new CohereOptions { EmbeddingInputType = EmbeddingInputType.SearchDocument },
            Bedrock = new BedrockOptions { EmbeddingsNormalize = true },
        };
        Assert.Equal(
            """{"model":"x","texts":["a"],"input_type":"search_document","embedding_types":["float"],"output_dimension":8}""",
            Write(request, "cohere", new Problems(), options).Json);
        Assert.Equal("""{"inputText":"a","dimensions":8,"normalize":true}""", Write(request, "titan", new Problems(), options).Json);
        // What Kong's field says by default.
        Assert.Contains("\"classification\"", Write(request, "cohere", new Problems()).Json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", """{"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}],"usage":{"prompt_tokens":3}}""", "[1] [2]", 3)]
    [InlineData("openai", """{"data":[{"embedding":"AACAPwAAAEA="}]}""", "[1,2]", null)]
    [InlineData("gemini", """{"embeddings":[{"values":[1]},{"values":[2]}],"usageMetadata":{"promptTokenCount":3}}""", "[1] [2]", 3)]
    [InlineData("vertex", """{"predictions":[{"embeddings":{"values":[1],"statistics":{"token_count":2}}},{"embeddings":{"values":[2]}}]}""", "[1] [2]", 2)]
    [InlineData("cohere", """{"id":"i","embeddings":{"int8":[[1]],"float":[[1.5]]},"meta":{"billed_units":{"input_tokens":3}}}""", "[1.5]", 3)]
    [InlineData("bedrock-cohere", """{"embeddings":[[1],[2]],"response_type":"embeddings_floats"}""", "[1] [2]", null)]
    [InlineData("titan", """{"embedding":[1,2],"inputTextTokenCount":3}""", "[1,2]", 3)]
    [InlineData("nova", """{"embeddings":[{"embeddingType":"TEXT","embedding":[1,2]}]}""", "[1,2]", null)]
    public void Reads_the_vectors_of_each_provider_in_the_order_of_the_texts(string wire, string body, string vectors, int? tokens)
    {
        var reply = WireOf(wire).ReadReply(Encoding.UTF8.GetBytes(body))!;
        Assert.Equal(vectors, string.Join(' ', EmbedVectors.Numbers(reply)!));
        Assert.Equal(tokens, (int?)reply.Usage?.Input);
    }

    [Theory]
    [InlineData("openai", """{"data":[{"embedding":[1,"2"]}]}""")]
    [InlineData("openai", """{"data":[{"embedding":{}}]}""")]
    [InlineData("openai", """{"data":{}}""")]
    [InlineData("gemini", """{"embeddings":[{"values":"x"}]}""")]
    [InlineData("gemini", """{"embedding":{"values":[1]}}""")]
    [InlineData("vertex", """{"predictions":[{"values":[1]}]}""")]
    [InlineData("cohere", """{"embeddings":{"float":[1]}}""")]
    [InlineData("cohere", """{"embeddings":{}}""")]
    [InlineData("titan", """{"embedding":[[1]]}""")]
    [InlineData("nova", """{"embeddings":[]}""")]
    [InlineData("nova", "<html>")]
    [InlineData("cohere", "[]")]
    public void An_answer_without_vectors_is_none(string wire, string body) => Assert.Null(WireOf(wire).ReadReply(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("""{"input":1}""", "input")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"input":["a",1]}""", "input")]
    [InlineData("""{"input":[1,"a"]}""", "input")]
    [InlineData("""{"input":"a","encoding_format":"int8"}""", "encoding_format")]
    [InlineData("""{"input":"a","dimensions":1.5}""", "dimensions")]
    [InlineData("""{"input":"a","input_type":"guess"}""", "input_type")]
    [InlineData("""{"requests":[]}""", "requests")]
    [InlineData("""{"requests":[{}]}""", "requests[0].content")]
    [InlineData("""{"requests":[{"content":{"parts":[{"inlineData":{}}]}}]}""", "requests[0].content.parts[0].text")]
    [InlineData("""{"requests":[{"content":{"parts":[]},"taskType":"GUESS"}]}""", "requests[0].taskType")]
    [InlineData("""{"requests":[{"content":{"parts":[]}},{"content":{"parts":[]},"outputDimensionality":8}]}""", "requests")]
    [InlineData("""{"texts":["a"],"input_type":"guess"}""", "input_type")]
    [InlineData("""{"texts":["a"]}""", "input_type")]
    [InlineData("""{"texts":[1],"input_type":"search_query"}""", "texts")]
    [InlineData("""{"texts":[],"input_type":"search_query"}""", "texts")]
    public void Names_the_field_of_a_bad_request(string body, string field)
    {
        var problems = new Problems();
        ReaderOf(body).ReadRequest(Encoding.UTF8.GetBytes(body), default, problems);
        Assert.Contains(problems.Found, found => found.Field == field);
    }

    [Theory]
    [InlineData("""{"model":"m","input":[1,2]}""", "gemini")]
    [InlineData("""{"model":"m","input":[[1],[2]]}""", "cohere")]
    [InlineData("""{"model":"m","input":["a","b"]}""", "titan")]
    [InlineData("""{"model":"m","input":["a","b"]}""", "nova")]
    [InlineData("""{"images":["data:image/png;base64,AA=="],"texts":null,"input_type":"image"}""", "openai")]
    public void Refuses_what_a_provider_cannot_embed(string body, string wire)
    {
        var problems = new Problems();
        var request = ReaderOf(body).ReadRequest(Encoding.UTF8.GetBytes(body), default, problems)!;
        Assert.Empty(problems.Found);
        Write(request, wire, problems);
        Assert.Equal("input", Assert.Single(problems.Found).Field);
    }

    [Fact]
    public void Numbers_and_base64_are_the_same_vector() => Prop.ForAll(ArbMap.Default.ArbFor<float[]>(), static values =>
    {
        float[] finite = [.. values.Where(float.IsFinite)];
        var texts = finite.Select(static value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        var numbers = JsonText.Of($"[{string.Join(',', texts)}]");
        var base64 = EmbedVectors.ToBase64(numbers).ToString().Trim('"');
        return EmbedVectors.ToNumbers(base64)!.Value.ToString() == numbers.ToString();
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("x")]
    [InlineData("AAA=")]
    [InlineData("AADAfw==")]
    public void Base64_of_something_else_is_no_vector(string base64) => Assert.Null(EmbedVectors.ToNumbers(base64));

    [Fact]
    public void Never_throws_on_what_comes() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<byte>(), static (at, value) =>
    {
        foreach (var good in new[] { OpenAi, Gemini, Cohere })
        {
            var bytes = Encoding.UTF8.GetBytes(good);
            bytes[(int)((uint)at % bytes.Length)] = value;
            foreach (var wire in new[] { "openai", "gemini", "cohere" })
            {
                var problems = new Problems();
                var request = WireOf(wire).ReadRequest(bytes, default, problems);
                if (request is null || problems.Found.Count > 0) continue;
                foreach (var other in new[] { "openai", "gemini", "vertex", "cohere", "titan", "nova" })
                {
                    var target = new Problems();
                    var (json, _) = Write(request, other, target);
                    if (target.Found.Count == 0) JsonNode.Parse(json);
                }
            }
        }
    }).QuickCheckThrowOnFailure();

    static EmbedWire ReaderOf(string body) => body.Contains("\"input\"", StringComparison.Ordinal) ? EmbedWires.OpenAi
        : body.Contains("\"requests\"", StringComparison.Ordinal) ? EmbedWires.Gemini
        : EmbedWires.Cohere;

    static EmbedWire WireOf(string name) => name switch
    {
        "openai" => EmbedWires.OpenAi,
        "gemini" => EmbedWires.Gemini,
        "vertex" => EmbedWires.Vertex,
        "cohere" => EmbedWires.Cohere,
        "titan" => EmbedWires.BedrockTitan,
        "nova" => EmbedWires.BedrockNova,
        _ => EmbedWires.BedrockCohere,
    };

    static (string Json, string Losses) Write(EmbedRequest request, string wire, Problems problems, ModelOptions? options = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var losses = new Losses();
        WireOf(wire).WriteRequest(request, new SurfaceTarget("x", options ?? new ModelOptions()), output, losses, problems);
        return (Encoding.UTF8.GetString(output.WrittenSpan), losses.ToString());
    }
}
