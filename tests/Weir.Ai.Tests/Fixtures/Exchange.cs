using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>A request and its answer, as somebody recorded them.</summary>
sealed record Exchange(string Id, bool Stream, int Status, JsonNode Request, JsonNode Response)
{
    public override string ToString() => Id;

    public byte[] RequestBody => Encoding.UTF8.GetBytes(Request.ToJsonString());

    /// <summary>The answer's bytes: text as it came, JSON written anew.</summary>
    public byte[] ResponseBody => Encoding.UTF8.GetBytes(Response is JsonValue value ? value.GetValue<string>() : Response.ToJsonString());

    /// <summary>All exchanges of a file of Data/.</summary>
    public static IEnumerable<Exchange> Of(string file) =>
        File.ReadLines(PathOf(file)).Select(static line => JsonSerializer.Deserialize<Exchange>(line, JsonSerializerOptions.Web)!);

    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Data", file);
}
