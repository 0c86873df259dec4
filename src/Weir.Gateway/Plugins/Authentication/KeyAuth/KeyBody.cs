using System.Text;

namespace Weir.Gateway.Plugins;

/// <summary>A request body as a place where a key may stand. Nothing is found in a body that is malformed or of another type.</summary>
abstract class KeyBody
{
    const string Form = "application/x-www-form-urlencoded";
    const string Json = "application/json";
    const string Multipart = "multipart/form-data";

    public static KeyBody None { get; } = new NoBody();

    public static bool IsReadable(string? contentType) => Is(contentType, Form) || Is(contentType, Json) || Is(contentType, Multipart);

    public static KeyBody Of(string? contentType, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) return None;
        if (Is(contentType, Form)) return new FormBody(Encoding.Latin1.GetString(bytes.Span));
        if (Is(contentType, Json)) return new JsonBody(bytes);
        return MultipartBody.BoundaryOf(contentType!) is { } boundary ? new MultipartBody(bytes, boundary) : None;
    }

    /// <summary>The value of the field with this name.</summary>
    public abstract Presence Find(string name, out ReadOnlySpan<char> value);

    /// <summary>The body without fields of this name, every other byte as it was; null when there is none.</summary>
    public abstract ReadOnlyMemory<byte>? Without(string name);

    /// <summary>Whether a Content-Type, parameters aside, is this type.</summary>
    static bool Is(string? contentType, string type) =>
        contentType is not null
        && contentType.StartsWith(type, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == type.Length || contentType[type.Length] is ';' or ' ' or '\t');

    sealed class NoBody : KeyBody
    {
        public override Presence Find(string name, out ReadOnlySpan<char> value)
        {
            value = default;
            return Presence.Absent;
        }

        public override ReadOnlyMemory<byte>? Without(string name) => null;
    }

    /// <summary>Bytes are kept as Latin-1 characters, so that they go upstream exactly as they came.</summary>
    sealed class FormBody(string text) : KeyBody
    {
        public override Presence Find(string name, out ReadOnlySpan<char> value) => FormText.Find(text, name, out value);

        public override ReadOnlyMemory<byte>? Without(string name)
        {
            var rest = FormText.Without(text, name);
            return ReferenceEquals(rest, text) ? null : Encoding.Latin1.GetBytes(rest);
        }
    }
}
