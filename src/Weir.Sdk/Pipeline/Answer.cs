using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Weir;

/// <summary>How the body of an <see cref="Answer"/> is made.</summary>
public enum AnswerBody
{
    /// <summary>No body.</summary>
    None,

    /// <summary>An error page with <see cref="Answer.Message"/> and the request id, as JSON, HTML, XML or plain text by the request's Accept header.</summary>
    Error,

    /// <summary>The bytes of <see cref="Answer.Body"/> as they are.</summary>
    Bytes,
}

/// <summary>
/// An answer that the gateway gives itself. Immutable: a plugin builds its refusals once, when it is created, and returns them for any number of requests.
/// </summary>
public sealed class Answer
{
    readonly KeyValuePair<string, StringValues>[] _headers;

    Answer(int status, AnswerBody kind, string message, ReadOnlyMemory<byte> body, string? contentType, KeyValuePair<string, StringValues>[] headers) =>
        (Status, Kind, Message, Body, ContentType, _headers) = (status, kind, message, body, contentType, headers);

    /// <summary>HTTP status code.</summary>
    public int Status { get; }

    /// <summary>How the body is made.</summary>
    public AnswerBody Kind { get; }

    /// <summary>The message of an error answer; empty for other kinds.</summary>
    public string Message { get; }

    /// <summary>The body of a bytes answer; empty for other kinds.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Content-Type of a bytes answer, or null for none.</summary>
    public string? ContentType { get; }

    /// <summary>Headers to set on the response.</summary>
    public ReadOnlySpan<KeyValuePair<string, StringValues>> Headers => _headers;

    /// <summary>An error whose body is negotiated from Accept and carries the request id (Kong's <c>kong.response.error</c> form).</summary>
    public static Answer Error(int status, string message) => new(status, AnswerBody.Error, message, default, null, []);

    /// <summary>Compact JSON <c>{"message":"…"}</c> without request id (Kong's <c>kong.response.exit</c> form).</summary>
    public static Answer Json(int status, string message)
    {
        var escaped = JsonEncodedText.Encode(message, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return Bytes(status, Encoding.UTF8.GetBytes($"{{\"message\":\"{escaped}\"}}"), "application/json; charset=utf-8");
    }

    /// <summary>A body given as bytes.</summary>
    public static Answer Bytes(int status, ReadOnlyMemory<byte> body, string? contentType) => new(status, AnswerBody.Bytes, "", body, contentType, []);

    /// <summary>Status and headers only.</summary>
    public static Answer Empty(int status) => new(status, AnswerBody.None, "", default, null, []);

    /// <summary>The same answer with one more header.</summary>
    public Answer With(string header, StringValues value) => new(Status, Kind, Message, Body, ContentType, [.. _headers, new(header, value)]);
}
