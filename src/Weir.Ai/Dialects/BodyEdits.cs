using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Changes of a JSON body at known places; everything else goes out byte for byte, in its order and with its white space.</summary>
sealed class BodyEdits
{
    readonly List<Edit> _edits = [];

    public bool IsEmpty => _edits.Count == 0;

    /// <summary>Puts another value in the place of one.</summary>
    public void Replace(ByteRange place, ReadOnlyMemory<byte> json)
    {
        if (place.IsEmpty) throw new ArgumentException("there is no value at an empty place", nameof(place));
        Add(new Edit(place.Start, place.Length, null, json));
    }

    public void Replace(ByteRange place, string text) => Replace(place, JsonOf(text));

    /// <summary>Puts a field first into an object that does not have it.</summary>
    /// <param name="objectStart">Offset of the object's opening brace.</param>
    /// <param name="name">Name of the field; one that needs no escapes.</param>
    /// <param name="json">Its value.</param>
    public void Insert(int objectStart, string name, ReadOnlyMemory<byte> json)
    {
        if (name.AsSpan().ContainsAny('"', '\\')) throw new ArgumentException("needs escapes", nameof(name));
        Add(new Edit(objectStart + 1, 0, name, json));
    }

    /// <summary>Writes the body with all changes. They may not overlap.</summary>
    public void Write(ReadOnlySpan<byte> body, IBufferWriter<byte> output)
    {
        var from = 0;
        for (var i = 0; i < _edits.Count; i++)
        {
            var edit = _edits[i];
            if (edit.Start < from) throw new InvalidOperationException("two changes of a body overlap");
            output.Write(body[from..edit.Start]);
            if (edit.Name is { } name)
            {
                output.Write("\""u8);
                Encoding.UTF8.GetBytes(name, output);
                output.Write("\":"u8);
            }
            output.Write(edit.Json.Span);
            from = edit.Start + edit.Length;
            var isFollowed = i + 1 < _edits.Count && _edits[i + 1].Start == edit.Start;
            if (edit.Name is not null && (isFollowed || HasFields(body[from..]))) output.Write(","u8);
        }
        output.Write(body[from..]);
    }

    /// <summary>Forgets all changes.</summary>
    public void Clear() => _edits.Clear();

    void Add(Edit edit)
    {
        var at = _edits.Count;
        while (at > 0 && _edits[at - 1].Start > edit.Start) at--;
        _edits.Insert(at, edit);
    }

    /// <summary>Whether the object that goes on here has a field.</summary>
    static bool HasFields(ReadOnlySpan<byte> rest) => rest.TrimStart(" \t\r\n"u8) is [not (byte)'}', ..];

    static byte[] JsonOf(string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 2);
        using (var json = new Utf8JsonWriter(buffer, WireText.Options)) WireText.Write(json, text);
        return buffer.WrittenSpan.ToArray();
    }

    readonly record struct Edit(int Start, int Length, string? Name, ReadOnlyMemory<byte> Json);
}
