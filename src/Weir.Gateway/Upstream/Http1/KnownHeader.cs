using System.Reflection;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Weir.Gateway;

/// <summary>A header name that has a constant, so that it needs no string of its own and Kestrel finds it by reference.</summary>
sealed class KnownHeader
{
    const int Slots = 512;

    static readonly KnownHeader?[] Table = Build();

    readonly byte[] _name;
    readonly KnownHeader? _next;

    KnownHeader(string name, KnownHeader? next)
    {
        Name = name;
        Role = RoleOf(name);
        _name = Encoding.ASCII.GetBytes(name);
        _next = next;
    }

    public string Name { get; }

    /// <summary>What the header means to the framing of a response.</summary>
    public HeaderRole Role { get; }

    public static KnownHeader? Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return null;
        for (var known = Table[Slot(name)]; known is not null; known = known._next)
        {
            if (Ascii.EqualsIgnoreCase(name, known._name)) return known;
        }
        return null;
    }

    static int Slot(ReadOnlySpan<byte> name) =>
        (name.Length * 37 + (name[0] | 0x20) * 5 + (name[^1] | 0x20) * 11 + (name[name.Length / 2] | 0x20)) & (Slots - 1);

    static HeaderRole RoleOf(string name) => name switch
    {
        "Content-Length" => HeaderRole.ContentLength,
        "Transfer-Encoding" => HeaderRole.TransferEncoding,
        "Connection" => HeaderRole.Connection,
        "Upgrade" => HeaderRole.Upgrade,
        "Keep-Alive" or "Proxy-Connection" or "TE" or "Proxy-Authenticate" => HeaderRole.HopByHop,
        _ => HeaderRole.EndToEnd,
    };

    static KnownHeader?[] Build()
    {
        var table = new KnownHeader?[Slots];
        var constants = typeof(HeaderNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<string>();
        foreach (var name in constants.Where(n => n[0] != ':').Append("Proxy-Connection").Distinct(StringComparer.OrdinalIgnoreCase))
        {
            ref var first = ref table[Slot(Encoding.ASCII.GetBytes(name))];
            first = new(name, first);
        }
        return table;
    }
}

/// <summary>What a response header means to the gateway.</summary>
enum HeaderRole : byte
{
    /// <summary>Passed on.</summary>
    EndToEnd,

    /// <summary>Meant for this connection only (RFC 9110 §7.6.1).</summary>
    HopByHop,
    ContentLength,
    TransferEncoding,
    Connection,
    Upgrade,
}
