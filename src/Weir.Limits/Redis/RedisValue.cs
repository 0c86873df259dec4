using System.Globalization;
using System.Text;

namespace Weir.Limits;

/// <summary>Kinds of a reply. What the protocol's third version adds is folded into what the second has.</summary>
enum RedisKind
{
    Nil,
    Integer,

    /// <summary>Text or bytes of any form, a double among them.</summary>
    Bytes,

    /// <summary>Array or set; a map as its keys and values in turn.</summary>
    Items,

    /// <summary>The server refused the command.</summary>
    Error,

    /// <summary>No reply came: the server is away, or too slow. Whether the command was executed is not known.</summary>
    Unavailable,

    /// <summary>Sent by the server unasked; belongs to no command.</summary>
    Push,
}

/// <summary>A reply of Redis. Refusals and outages are values: they are expected, and answered without the cost of an exception.</summary>
readonly struct RedisValue : IEquatable<RedisValue>
{
    readonly object? _content;
    readonly long _integer;

    RedisValue(RedisKind kind, object? content, long integer) => (Kind, _content, _integer) = (kind, content, integer);

    public RedisKind Kind { get; }

    public bool IsFailure => Kind is RedisKind.Error or RedisKind.Unavailable;

    public long Integer => Kind == RedisKind.Integer ? _integer : throw Unexpected("an integer");

    public ReadOnlySpan<byte> Bytes => _content as byte[];

    public ReadOnlySpan<RedisValue> Items => _content as RedisValue[];

    /// <summary>Text of bytes, of an integer, of an error; empty for anything else.</summary>
    public string Text => Kind switch
    {
        RedisKind.Integer => _integer.ToString(CultureInfo.InvariantCulture),
        _ => _content is byte[] bytes ? Encoding.UTF8.GetString(bytes) : _content as string ?? "",
    };

    public static RedisValue Nil => default;

    public static RedisValue Of(long integer) => new(RedisKind.Integer, null, integer);

    public static RedisValue Of(ReadOnlySpan<byte> bytes) => new(RedisKind.Bytes, bytes.ToArray(), 0);

    public static RedisValue Of(RedisValue[] items) => new(RedisKind.Items, items, 0);

    public static RedisValue Error(ReadOnlySpan<byte> text) => new(RedisKind.Error, text.ToArray(), 0);

    public static RedisValue Unavailable(string why) => new(RedisKind.Unavailable, why, 0);

    public static RedisValue Push(RedisValue[] items) => new(RedisKind.Push, items, 0);

    /// <summary>Whether this is an error with this code, which is its first word.</summary>
    public bool IsError(ReadOnlySpan<byte> code) =>
        Kind == RedisKind.Error && Bytes.StartsWith(code) && (Bytes.Length == code.Length || Bytes[code.Length] == (byte)' ');

    public bool Equals(RedisValue other)
    {
        if (Kind != other.Kind || _integer != other._integer) return false;
        return (_content, other._content) switch
        {
            (byte[] left, byte[] right) => left.AsSpan().SequenceEqual(right),
            (RedisValue[] left, RedisValue[] right) => left.AsSpan().SequenceEqual(right),
            _ => Equals(_content, other._content),
        };
    }

    public override bool Equals(object? obj) => obj is RedisValue other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Kind, _integer, Bytes.Length, Items.Length);

    public override string ToString() => Kind switch
    {
        RedisKind.Nil => "nil",
        RedisKind.Items or RedisKind.Push => $"[{string.Join(", ", Items.ToArray())}]",
        RedisKind.Error or RedisKind.Unavailable => $"{Kind}: {Text}",
        _ => Text,
    };

    InvalidOperationException Unexpected(string expected) => new($"Redis answered {this} where {expected} was expected.");
}
