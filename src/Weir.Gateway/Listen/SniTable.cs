using System.Collections.Frozen;
using System.Net.Security;

namespace Weir.Gateway;

/// <summary>Server names and the TLS options of their certificates.</summary>
sealed class SniTable(IReadOnlyDictionary<string, SslServerAuthenticationOptions> byName)
{
    readonly FrozenDictionary<string, SslServerAuthenticationOptions> _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static SniTable Empty { get; } = new(new Dictionary<string, SslServerAuthenticationOptions>());

    public SslServerAuthenticationOptions? Find(string name)
    {
        if (_byName.Count == 0) return null;
        if (name.Length > 0)
        {
            if (_byName.TryGetValue(name, out var exact)) return exact;
            var first = name.IndexOf('.');
            var last = name.LastIndexOf('.');
            // One label only, and never the top-level domain alone: a.b.example.com is no match for *.example.com.
            if (first > 0 && first != last && _byName.TryGetValue("*" + name[first..], out var prefix)) return prefix;
            if (last > 0 && _byName.TryGetValue(name[..(last + 1)] + "*", out var suffix)) return suffix;
        }
        return _byName.GetValueOrDefault("*");
    }
}
