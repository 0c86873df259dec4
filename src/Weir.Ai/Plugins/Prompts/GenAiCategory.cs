using System.Text.Json.Serialization;

namespace Weir.Ai.Plugins;

/// <summary>Kinds of generated content.</summary>
enum GenAiCategory
{
    [JsonStringEnumMemberName("text/generation")] TextGeneration,
    [JsonStringEnumMemberName("text/embeddings")] TextEmbeddings,
    [JsonStringEnumMemberName("audio/speech")] AudioSpeech,
    [JsonStringEnumMemberName("audio/transcription")] AudioTranscription,
    [JsonStringEnumMemberName("image/generation")] ImageGeneration,
    [JsonStringEnumMemberName("realtime/generation")] RealtimeGeneration,
    [JsonStringEnumMemberName("video/generation")] VideoGeneration,
}
