using System.Text.Json.Serialization;

namespace Weir.Ai.Plugins;

/// <summary>Kinds of content.</summary>
enum Modality
{
    [JsonStringEnumMemberName("text")] Text,
    [JsonStringEnumMemberName("image")] Image,
    [JsonStringEnumMemberName("audio")] Audio,
    [JsonStringEnumMemberName("video")] Video,

    /// <summary>PDFs and other documents.</summary>
    [JsonStringEnumMemberName("file")] File,

    /// <summary>Of a kind that only the dialect knows.</summary>
    [JsonStringEnumMemberName("other")] Other,
}

/// <summary>What kinds of content messages have.</summary>
static class Modalities
{
    /// <summary>The kind of each part, those in results of tools included.</summary>
    public static IEnumerable<Modality> Of(Message message)
    {
        foreach (var part in message.Parts)
        {
            if (part is ToolResultPart result)
            {
                foreach (var piece in result.Content)
                    if (piece is not OpaquePart) yield return Of(piece);
            }
            else if (part is not OpaquePart || message.Role != Role.Assistant)
            {
                // What the model has said itself comes back as it was.
                yield return Of(part);
            }
        }
    }

    public static string NameOf(Modality modality) => modality switch
    {
        Modality.Text => "text",
        Modality.Image => "image",
        Modality.Audio => "audio",
        Modality.Video => "video",
        Modality.File => "file",
        _ => "other",
    };

    static Modality Of(Part part) => part switch
    {
        ImagePart => Modality.Image,
        AudioPart => Modality.Audio,
        VideoPart => Modality.Video,
        DocumentPart => Modality.File,
        OpaquePart => Modality.Other,
        _ => Modality.Text,
    };
}
