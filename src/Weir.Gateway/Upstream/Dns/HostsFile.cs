using System.Collections.Frozen;
using System.Net;

namespace Weir.Gateway;

/// <summary>What /etc/hosts says (hosts(5)): names with their addresses, IPv4 first.</summary>
static class HostsFile
{
    /// <summary>Reads the file's text. Lines without an address are passed over.</summary>
    public static FrozenDictionary<string, IPAddress[]> Parse(string text)
    {
        var names = new Dictionary<string, List<IPAddress>>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split('#')[0].Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IPAddress.TryParse(words[0], out var address)) continue;
            foreach (var name in words.Skip(1))
            {
                if (!names.TryGetValue(name, out var addresses)) names[name] = addresses = [];
                if (!addresses.Contains(address)) addresses.Add(address);
            }
        }
        return names.ToFrozenDictionary(
            static pair => pair.Key,
            static pair => pair.Value.OrderBy(static address => address.AddressFamily).ToArray(),
            StringComparer.OrdinalIgnoreCase);
    }
}
