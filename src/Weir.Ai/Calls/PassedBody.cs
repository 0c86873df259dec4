using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Ai;

static class PassedBody
{
    public static ReadOnlyMemory<byte> Of(LlmCall call, Target target, string model, bool isStream, DialectName wire)
    {
        var json = JsonNode.Parse(call.Body.Span)!.AsObject();
        if (call.Surface.Line.Model is null) json["model"] = model;
        if (isStream && wire == DialectName.OpenAiChat && target.Provider.MustAskForUsage) json["stream_options"] = new JsonObject { ["include_usage"] = true };
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}
