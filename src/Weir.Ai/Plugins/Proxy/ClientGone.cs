using System.Text.Json.Serialization;

namespace Weir.Ai.Plugins;

/// <summary>What becomes of a stream whose client has gone.</summary>
enum ClientGone
{
    [JsonStringEnumMemberName("cancel")] Cancel,
    [JsonStringEnumMemberName("drain")] Drain,
}
