using System.Text.Json;

namespace Weir.Ai;

/// <summary>Where in an answer the fields without a place in the events stood: their names begin with it.</summary>
static class OpenAiChatExtras
{
    public const string Choice = "choices.";
    public const string Message = "choices.message.";
    public const string Audio = "choices.message.audio.";
    public const string Usage = "usage.";

    static readonly string[] s_places = [Audio, Message, Choice, Usage];

    /// <summary>The place, "" for the answer itself, and the field's own name.</summary>
    public static (string Place, Extra Extra) Split(in ReplyEvent reply)
    {
        var name = reply.Name ?? "";
        foreach (var place in s_places)
            if (name.StartsWith(place, StringComparison.Ordinal)) return (place, new Extra(name[place.Length..], reply.Json));
        return ("", new Extra(name, reply.Json));
    }

    /// <summary>Adds an extra in place of one of the same name.</summary>
    public static void Put(this List<Extra> extras, Extra extra)
    {
        var at = extras.FindIndex(known => known.Name == extra.Name);
        if (at < 0) extras.Add(extra);
        else extras[at] = extra;
    }

    public static void Write(Utf8JsonWriter json, Extra extra)
    {
        json.WritePropertyName(extra.Name);
        extra.Value.WriteTo(json);
    }
}
