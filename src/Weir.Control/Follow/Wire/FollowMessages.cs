using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Weir.Control;

/// <summary>A point of a history: what a gateway has, or what an update starts from and comes to.</summary>
/// <param name="Revision">The last transaction in it; 0 for nothing.</param>
/// <param name="History">Hash of that transaction, in hex: two histories never have the same.</param>
/// <param name="Content">Sum over the entities that gateways get.</param>
sealed record FollowPoint(long Revision, string History, string Content)
{
    public static FollowPoint None { get; } = new(0, "", "");
}

/// <summary>With what a gateway asks for the stream.</summary>
sealed record FollowHello
{
    public required string Version { get; init; }

    public required FollowPoint Have { get; init; }

    /// <summary>Name of the machine.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Hash of what the gateway's version knows of entities.</summary>
    public string VocabularyHash { get; init; } = "";

    /// <summary>The same in full: only when the control plane has asked for it (428).</summary>
    public JsonObject? Vocabulary { get; init; }
}

/// <summary>The first frame of a stream.</summary>
sealed record FollowWelcome(string Version, double HeartbeatSeconds);

/// <summary>The end of an update.</summary>
/// <param name="From">The state that it changes; null when it is the whole state.</param>
/// <param name="To">The state that it comes to.</param>
/// <param name="Rows">Entities in it.</param>
sealed record FollowCommit(FollowPoint? From, FollowPoint To, long Rows);

/// <summary>A sign of life.</summary>
sealed record FollowHeartbeat(long Revision);

/// <summary>There is a state that this gateway cannot be told.</summary>
sealed record FollowHold(long Revision, IReadOnlyList<string> Problems);

/// <summary>Why a stream ends.</summary>
sealed record FollowGoodbye(string Message);

/// <summary>How a gateway says it is.</summary>
sealed record FollowStatus
{
    public required string Version { get; init; }

    public string Hostname { get; init; } = "";

    public double UptimeSeconds { get; init; }

    /// <summary>The last revision that came.</summary>
    public long ReceivedRevision { get; init; }

    /// <summary>The revision that is served; 0 for none.</summary>
    public long LiveRevision { get; init; }

    /// <summary>What keeps the one from being the other.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>ready, starting or draining.</summary>
    public string Health { get; init; } = "";

    /// <summary>Numbers of the traffic, by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
}

/// <summary>With what a gateway enrols (token) or renews (without).</summary>
sealed record EnrolRequest
{
    public string? Token { get; init; }

    public string Name { get; init; } = "";

    /// <summary>PKCS #10, base64.</summary>
    public required string SigningRequest { get; init; }
}

/// <summary>A gateway's certificate.</summary>
sealed record EnrolAnswer(Guid Id, string Certificate);

/// <summary>Why a request was refused.</summary>
sealed record FollowProblem(string Message);

/// <summary>JSON of the stream. Fields that a version does not know are passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FollowHello))]
[JsonSerializable(typeof(FollowWelcome))]
[JsonSerializable(typeof(FollowCommit))]
[JsonSerializable(typeof(FollowHeartbeat))]
[JsonSerializable(typeof(FollowHold))]
[JsonSerializable(typeof(FollowGoodbye))]
[JsonSerializable(typeof(FollowStatus))]
[JsonSerializable(typeof(EnrolRequest))]
[JsonSerializable(typeof(EnrolAnswer))]
[JsonSerializable(typeof(FollowProblem))]
sealed partial class FollowJson : JsonSerializerContext
{
    /// <exception cref="StreamBrokenException">It is none.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json)
    {
        try
        {
            return (T?)JsonSerializer.Deserialize(json, typeof(T), Default) ?? throw new StreamBrokenException($"expected a {typeof(T).Name}, found null");
        }
        catch (JsonException broken)
        {
            throw new StreamBrokenException($"expected a {typeof(T).Name}: {broken.Message}");
        }
    }

    public static byte[] Bytes<T>(T message) => JsonSerializer.SerializeToUtf8Bytes(message, typeof(T), Default);

    public static byte[] Frame<T>(FrameKind kind, T message) => FrameCodec.Encode(kind, Bytes(message));
}
