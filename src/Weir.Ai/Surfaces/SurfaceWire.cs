using System.Buffers;
using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>What is asked of a model without a conversation, in the middle between the wires.</summary>
abstract class SurfaceRequest
{
    /// <summary>Dialect it was read from: extras and losses are in its terms.</summary>
    public required DialectName Dialect { get; init; }

    /// <summary>Fields without a place here.</summary>
    public IReadOnlyList<Extra> Extras { get; init; } = [];

    /// <summary>The gateway's own count of its tokens, for providers that say nothing.</summary>
    public abstract TokenUsage Estimate(string model);
}

/// <summary>The answer to a <see cref="SurfaceRequest"/>.</summary>
abstract class SurfaceReply
{
    /// <summary>Id of the answer, or null.</summary>
    public string? Id { get; init; }

    /// <summary>Model that answered, or null where the provider does not say.</summary>
    public string? Model { get; init; }

    /// <summary>What was used; null where the provider does not say.</summary>
    public TokenUsage? Usage { get; set; }
}

/// <summary>Who will answer a <see cref="SurfaceRequest"/>.</summary>
/// <param name="Model">Model at the provider.</param>
/// <param name="Options">Options of the target.</param>
readonly record struct SurfaceTarget(string Model, ModelOptions Options);

/// <summary>
/// A wire of requests that are no conversations: embeddings, rankings, counts of tokens. Immutable and shared. Bad input is a value: problems with their
/// place, or null, never an exception.
/// </summary>
abstract class SurfaceWire<TRequest, TReply>
    where TRequest : SurfaceRequest
    where TReply : SurfaceReply
{
    /// <summary>Reads a request; null, or problems, when it is none.</summary>
    public abstract TRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems);

    /// <summary>
    /// Writes a request. What can be left out is named in <paramref name="losses"/>; what cannot, because the answer would be to another question, is a
    /// problem.
    /// </summary>
    public abstract void WriteRequest(TRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems);

    /// <summary>Reads an answer of status 2xx; null when it cannot be read.</summary>
    public abstract TReply? ReadReply(ReadOnlyMemory<byte> body);

    /// <summary>Writes an answer to a request of this wire. Its usage is known, or estimated.</summary>
    public abstract void WriteReply(TReply reply, TRequest request, IBufferWriter<byte> output, Losses losses);
}
