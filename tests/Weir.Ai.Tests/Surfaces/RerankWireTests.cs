using System.Buffers;
using System.Text;
using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class RerankWireTests
{
    const string Cohere = """{"model":"m","query":"q","documents":["a",{"text":"b"},{"title":"c"}],"top_n":2,"max_tokens_per_doc":512,"priority":1}""";
    const string Plain = """{"model":"m","query":"q","documents":["a","b"],"top_k":2,"return_documents":true}""";

    [Fact]
    public void Writes_what_each_provider_wants_and_names_the_rest()
    {
        const string Documents = """
            "query":"q","documents":["a","b","{\"title\":\"c\"}"],"top_n":2
            """;
        Assert.Equal(($$"""{"model":"x",{{Documents}}}""", "priority, max_tokens_per_doc"), Write(RerankWires.Cohere, Cohere, RerankWires.Plain));
        Assert.Equal(
            ($$"""{{{Documents}},"max_tokens_per_doc":512,"api_version":2}""", "priority"), Write(RerankWires.Cohere, Cohere, RerankWires.BedrockCohere));
        Assert.Equal(($$"""{{{Documents}}}""", "priority, max_tokens_per_doc"), Write(RerankWires.Cohere, Cohere, RerankWires.BedrockAmazon));
        Assert.Equal(("""{"model":"x","query":"q","documents":["a","b"],"top_n":2}""", ""), Write(RerankWires.Plain, Plain, RerankWires.Cohere));
    }

    [Theory]
    [InlineData("""{"results":[{"index":1,"relevance_score":0.50},{"index":0,"relevance_score":1e-3}],"meta":{"billed_units":{"search_units":1}}}""")]
    [InlineData("""{"data":[{"index":1,"relevance_score":0.50,"document":"b"},{"index":0,"relevance_score":1e-3}],"usage":{"total_tokens":7}}""")]
    public void Reads_the_order_and_the_scores_as_they_came(string body)
    {
        var reply = RerankWires.Plain.ReadReply(Encoding.UTF8.GetBytes(body))!;
        Assert.Equal("1 0.50, 0 1e-3", string.Join(", ", reply.Results.Select(static result => $"{result.Index} {result.Score}")));
        Assert.Equal(reply.SearchUnits is null ? 7 : null, reply.Usage?.Input);
    }

    [Fact]
    public void Repeats_the_documents_that_the_provider_left_out()
    {
        var request = RerankWires.Plain.ReadRequest(Encoding.UTF8.GetBytes(Plain), default, new Problems())!;
        var reply = RerankWires.Cohere.ReadReply("""{"results":[{"index":1,"relevance_score":0.5}]}"""u8.ToArray())!;
        reply.Usage = request.Estimate("x");
        var output = new ArrayBufferWriter<byte>();
        RerankWires.Plain.WriteReply(reply, request, output, new Losses());
        Assert.Contains("""{"index":1,"document":{"text":"b"},"relevance_score":0.5}""", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
        Assert.True(reply.Usage.Input > 0 && reply.Usage.IsEstimated);
    }

    [Theory]
    [InlineData("""{"results":{}}""")]
    [InlineData("""{"results":[{"index":-1,"relevance_score":1}]}""")]
    [InlineData("""{"results":[{"index":"0","relevance_score":1}]}""")]
    [InlineData("""{"results":[{"index":0,"relevance_score":"1"}]}""")]
    [InlineData("[]")]
    [InlineData("x")]
    public void An_answer_without_an_order_is_none(string body) => Assert.Null(RerankWires.Cohere.ReadReply(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("""{"documents":["a"]}""", "query")]
    [InlineData("""{"query":1,"documents":["a"]}""", "query")]
    [InlineData("""{"query":"q"}""", "documents")]
    [InlineData("""{"query":"q","documents":[]}""", "documents")]
    [InlineData("""{"query":"q","documents":"a"}""", "documents")]
    [InlineData("""{"query":"q","documents":["a",null]}""", "documents[1]")]
    [InlineData("""{"query":"q","documents":["a"],"top_n":"all"}""", "top_n")]
    [InlineData("""{"query":"q","documents":["a"],"return_documents":1}""", "return_documents")]
    public void Names_the_field_of_a_bad_request(string body, string field)
    {
        var problems = new Problems();
        RerankWires.Cohere.ReadRequest(Encoding.UTF8.GetBytes(body), default, problems);
        Assert.Contains(problems.Found, found => found.Field == field);
    }

    static (string Json, string Losses) Write(RerankWire from, string body, RerankWire to)
    {
        var problems = new Problems();
        var request = from.ReadRequest(Encoding.UTF8.GetBytes(body), default, problems)!;
        var output = new ArrayBufferWriter<byte>();
        var losses = new Losses();
        to.WriteRequest(request, new SurfaceTarget("x", new ModelOptions()), output, losses, problems);
        Assert.Empty(problems.Found);
        return (Encoding.UTF8.GetString(output.WrittenSpan), losses.ToString());
    }
}
