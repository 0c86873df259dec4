using System.Buffers;
using System.Globalization;
using System.Text;

namespace Weir.Gateway;

/// <summary>Hashes the values of one query argument. Several values count whatever their order; an argument without '=' counts as "true".</summary>
static class QueryArgument
{
    /// <summary>Most values of one argument that count; more are ignored.</summary>
    public const int ValuesMax = 100;

    const int StackBytesMax = 512;

    /// <summary>The hash of the argument's values; false when the query does not name it.</summary>
    public static bool TryHash(ReadOnlySpan<char> query, ReadOnlySpan<char> name, out ulong hash)
    {
        Span<ulong> values = stackalloc ulong[ValuesMax];
        var count = 0;
        // The name is compared decoded, as '%' and '+' may hide it; as it stands in the configuration it is plain text.
        var nameHash = PlainHash(name);
        if (query.StartsWith('?')) query = query[1..];
        while (!query.IsEmpty && count < ValuesMax)
        {
            var end = query.IndexOf('&');
            var pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            var equals = pair.IndexOf('=');
            if (DecodedHash(equals < 0 ? pair : pair[..equals]) != nameHash) continue;
            values[count++] = equals < 0 ? StableHash.Of("true"u8) : DecodedHash(pair[(equals + 1)..]);
        }

        hash = 0;
        values[..count].Sort();
        foreach (var value in values[..count]) hash = StableHash.Combine(hash, value);
        return count > 0;
    }

    static ulong PlainHash(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[StackBytesMax];
        return Encoding.UTF8.TryGetBytes(text, bytes, out var length) ? StableHash.Of(bytes[..length]) : StableHash.Of(Encoding.UTF8.GetBytes(text.ToArray()));
    }

    static ulong DecodedHash(ReadOnlySpan<char> text)
    {
        var bytesMax = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = bytesMax > StackBytesMax ? ArrayPool<byte>.Shared.Rent(bytesMax) : null;
        var bytes = rented ?? stackalloc byte[StackBytesMax];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length
                && byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes[length++] = value;
                i += 2;
            }
            else if (text[i] == '+')
            {
                bytes[length++] = (byte)' ';
            }
            else if (char.IsAscii(text[i]))
            {
                bytes[length++] = (byte)text[i];
            }
            else
            {
                length += Encoding.UTF8.GetBytes(text.Slice(i, 1), bytes[length..]);
            }
        }
        var hash = StableHash.Of(bytes[..length]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }
}
