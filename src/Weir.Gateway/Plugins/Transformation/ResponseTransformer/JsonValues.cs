using System.Globalization;
using System.Text.Json.Nodes;

namespace Weir.Gateway.Plugins;

/// <summary>JSON values from the text of a configuration.</summary>
static class JsonValues
{
    public static bool TryConvert(string text, JsonValueType type, out JsonNode? value)
    {
        value = null;
        if (type == JsonValueType.Boolean)
        {
            var known = text is "true" or "false";
            if (known) value = JsonValue.Create(text == "true");
            return known;
        }
        if (type == JsonValueType.Number)
        {
            var known = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
            // An integer keeps all its digits, which a double would not.
            if (!known) return false;
            var isInteger = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer);
            value = isInteger ? JsonValue.Create(integer) : JsonValue.Create(number);
            return true;
        }
        value = JsonValue.Create(text);
        return true;
    }
}
