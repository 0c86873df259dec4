using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Ai;

/// <summary>
/// Arguments of one call: whole, or put together from partialArgs, where each piece names its place (<c>$.address.lines[0]</c>) and says whether its text
/// goes on.
/// </summary>
sealed class GeminiPartialCall
{
    /// <summary>Longest array that pieces may make, and so the most that one odd path can cost.</summary>
    const int ItemsMax = 10_000;

    JsonNode? _partial;
    string _whole = "";

    /// <summary>Takes what one chunk has. True when more is announced.</summary>
    public bool Take(JsonElement call)
    {
        if (call.TryGet("args", out var args) && args.ValueKind == JsonValueKind.Object) _whole = WireJson.Copy(args).ToString();
        if (call.TryGet("partialArgs", out var pieces) && pieces.ValueKind == JsonValueKind.Array)
            foreach (var piece in pieces.EnumerateArray()) TakePiece(piece);
        return call.TryGet("willContinue", out var more) && more.ValueKind == JsonValueKind.True;
    }

    public string Arguments() => _partial?.ToJsonString() ?? _whole;

    void TakePiece(JsonElement piece)
    {
        if (piece.Text("jsonPath") is not { } path || Steps(path) is not { Count: > 0 } steps) return;
        JsonNode? value = null;
        var isText = false;
        if (piece.TryGet("stringValue", out var text) && text.ValueKind == JsonValueKind.String)
            (value, isText) = (JsonValue.Create(WireJson.TextOf(text)), true);
        else if (piece.TryGet("numberValue", out var number) && number.ValueKind == JsonValueKind.Number) value = JsonNode.Parse(number.GetRawText());
        else if (piece.TryGet("boolValue", out var flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False)
            value = JsonValue.Create(flag.GetBoolean());
        _partial ??= new JsonObject();
        Put(_partial, steps, value, isText);
    }

    static void Put(JsonNode node, List<string> steps, JsonNode? value, bool isText)
    {
        for (var i = 0; ; i++)
        {
            var isLast = i == steps.Count - 1;
            if (node is JsonArray array && int.TryParse(steps[i], out var index) && index is >= 0 and < ItemsMax)
            {
                while (array.Count <= index) array.Add((JsonNode?)null);
                if (isLast) array[index] = Joined(array[index], value, isText);
                else array[index] ??= Container(steps[i + 1]);
                if (isLast) return;
                node = array[index]!;
            }
            else if (node is JsonObject fields)
            {
                if (isLast) fields[steps[i]] = Joined(fields[steps[i]], value, isText);
                else fields[steps[i]] ??= Container(steps[i + 1]);
                if (isLast) return;
                node = fields[steps[i]]!;
            }
            else
            {
                return;
            }
        }
    }

    static JsonNode? Joined(JsonNode? old, JsonNode? value, bool isText) =>
        isText && old is JsonValue before && before.TryGetValue<string>(out var text) ? JsonValue.Create(text + value!.GetValue<string>()) : value;

    static JsonNode Container(string step) => int.TryParse(step, out _) ? new JsonArray() : new JsonObject();

    /// <summary>The names and numbers of <c>$.a.b[0]['c d']</c>; null when it is no such path.</summary>
    static List<string>? Steps(string path)
    {
        if (!path.StartsWith('$')) return null;
        List<string> steps = [];
        var rest = path.AsSpan(1);
        while (rest.Length > 0)
        {
            if (rest[0] == '[')
            {
                var close = rest.IndexOf(']');
                if (close < 0) return null;
                steps.Add(rest[1..close].Trim("'\"").ToString());
                rest = rest[(close + 1)..];
                continue;
            }
            if (rest[0] == '.') rest = rest[1..];
            var end = rest.IndexOfAny('.', '[');
            if (end == 0) return null;
            steps.Add((end < 0 ? rest : rest[..end]).ToString());
            rest = end < 0 ? default : rest[end..];
        }
        return steps.Count <= WireObject.DepthMax ? steps : null;
    }
}
