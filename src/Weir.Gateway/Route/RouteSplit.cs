using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>The part of a route that is matched as one: its regular expressions together, or its prefixes of one length.</summary>
/// <param name="Paths">Paths as written; empty for a route without paths.</param>
/// <param name="PathIsRegex">Whether the paths are regular expressions.</param>
/// <param name="Priority">See <see cref="RoutePriority"/>.</param>
/// <param name="Id">Breaks ties of priority, the higher first. See <see cref="Of"/>.</param>
readonly record struct RouteSplit(IReadOnlyList<string> Paths, bool PathIsRegex, ulong Priority, UInt128 Id)
{
    // Given by Kong; the order of ties depends on it.
    static readonly Guid s_namespace = new("7f145bf9-0dce-4f91-98eb-debbce4b9f6b");

    /// <summary>The order of evaluation: the higher priority first, then the higher id.</summary>
    public static int Compare(in RouteSplit left, in RouteSplit right)
    {
        var order = right.Priority.CompareTo(left.Priority);
        return order != 0 ? order : right.Id.CompareTo(left.Id);
    }

    /// <summary>The first of some splits, in the order of evaluation, that does not go before another.</summary>
    public static int FindFirst(RouteSplit[] sorted, in RouteSplit split)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Compare(sorted[middle], split) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>
    /// The parts of a route. A route that is one part keeps its own id; otherwise part n (from 1, in the order in which the kinds of path first appear in
    /// the route) has the version 5 UUID of "route-id#n".
    /// </summary>
    public static IReadOnlyList<RouteSplit> Of(RouteConfig route)
    {
        if (route.Paths is not { Count: > 0 } paths)
            return [new([], false, RoutePriority.Of(route, pathIsRegex: false, 0), IdOf(route.Id))];

        // Key: length of a prefix, which is never 0; 0 for regular expressions. GroupBy keeps the order of first appearance.
        var groups = paths.GroupBy(static path => IsRegex(path) ? 0 : Encoding.UTF8.GetByteCount(path)).ToList();
        var splits = new RouteSplit[groups.Count];
        for (var i = 0; i < splits.Length; i++)
        {
            var isRegex = groups[i].Key == 0;
            var id = splits.Length == 1 ? IdOf(route.Id) : DerivedId($"{route.Id}#{(i + 1).ToString(CultureInfo.InvariantCulture)}");
            splits[i] = new([.. groups[i]], isRegex, RoutePriority.Of(route, isRegex, groups[i].Key), id);
        }
        return splits;
    }

    static bool IsRegex(string path) => path.StartsWith('~');

    static UInt128 IdOf(string? id) => Guid.TryParse(id, out var parsed) ? Ordered(parsed) : UInt128.Zero;

    /// <summary>The number whose order is the order of the UUID's text.</summary>
    static UInt128 Ordered(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    static UInt128 DerivedId(string name)
    {
        var input = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        s_namespace.TryWriteBytes(input, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, input.AsSpan(16));
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 9562 defines version 5 UUIDs by SHA-1; nothing here is secret.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
