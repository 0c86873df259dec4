using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Weir.Config;

namespace Weir.Gateway.Tests;

/// <summary>One request, as a value.</summary>
public sealed record RouteRequest(
    string Method, string Scheme, string Host, int Port, string Path, string? Sni, IReadOnlyList<(string Name, string Value)> Headers)
{
    internal HeaderDictionary HeaderDictionary()
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in Headers) headers.Append(name, value);
        return headers;
    }
}

/// <summary>The rules of the router, written down as plainly as they can be: every route, one after the other. Shares no code with the router.</summary>
sealed class NaiveRouter
{
    readonly List<Part> _parts = [];

    public NaiveRouter(IEnumerable<RouteConfig> routes)
    {
        foreach (var route in routes)
        {
            if (route.Paths is not { Count: > 0 })
            {
                _parts.Add(new(route, [], route.Id!));
                continue;
            }
            var groups = new List<(int Key, List<string> Paths)>();
            foreach (var path in route.Paths)
            {
                var key = path[0] == '~' ? -1 : Encoding.UTF8.GetByteCount(path);
                var found = groups.FindIndex(group => group.Key == key);
                if (found < 0) groups.Add((key, [path]));
                else groups[found].Paths.Add(path);
            }
            for (var n = 1; n <= groups.Count; n++) _parts.Add(new(route, groups[n - 1].Paths, groups.Count == 1 ? route.Id! : Derive(route.Id!, n)));
        }
        _parts.Sort();
        _parts.Reverse();
    }

    /// <summary>Name of the route and length of what its path matched.</summary>
    public (string Name, int Length)? Match(RouteRequest request)
    {
        foreach (var part in _parts)
            if (part.Match(request) is { } length) return (part.Route.Name!, length);
        return null;
    }

    static string Derive(string id, int n)
    {
        var space = Convert.FromHexString("7f145bf90dce4f9198ebdebbce4b9f6b");
#pragma warning disable CA5350 // Version 5 UUIDs are defined by SHA-1.
        var hash = System.Security.Cryptography.SHA1.HashData([.. space, .. Encoding.ASCII.GetBytes($"{id}#{n}")]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 15) | 80);
        hash[8] = (byte)((hash[8] & 63) | 128);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true).ToString();
    }

    sealed record Part(RouteConfig Route, List<string> Paths, string Id) : IComparable<Part>
    {
        bool IsRegex => Paths.Count > 0 && Paths[0][0] == '~';

        long[] Weights =>
        [
            new[] { Route.Methods?.Count, Route.Hosts?.Count, Route.Headers?.Count, Route.Snis?.Count, Paths.Count }.Count(count => count > 0),
            Route.Hosts is { Count: > 0 } && Route.Hosts.All(host => !host.Contains('*')) ? 1 : 0,
            Route.Headers?.Count ?? 0,
            IsRegex ? 1 : 0,
            IsRegex ? Route.RegexPriority : 0,
            IsRegex || Paths.Count == 0 ? 0 : Encoding.UTF8.GetByteCount(Paths[0]),
        ];

        public int CompareTo(Part? other)
        {
            var order = Weights.AsSpan().SequenceCompareTo(other!.Weights);
            return order != 0 ? order : string.CompareOrdinal(Id, other.Id);
        }

        public int? Match(RouteRequest request)
        {
            if (Route.Methods is { Count: > 0 } && !Route.Methods.Contains(request.Method)) return null;
            if (Route.Hosts is { Count: > 0 } && !Route.Hosts.Any(host => HostMatches(host, request))) return null;
            var comparesSni = Route.Snis is { Count: > 0 } && request.Scheme == "https";
            if (comparesSni && !Route.Snis!.Any(sni => Wild(sni.TrimEnd('.'), request.Sni?.TrimEnd('.')))) return null;
            foreach (var (name, values) in Route.Headers ?? new Dictionary<string, IReadOnlyList<string>>())
            {
                var sent = request.Headers
                    .Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                    .Select(header => header.Value.ToLowerInvariant());
                if (!sent.Any(value => values.Any(rule => HeaderMatches(rule, value)))) return null;
            }
            return Paths.Count == 0 ? 0 : Paths.Select(path => PathMatches(path, request.Path)).FirstOrDefault(length => length is not null);
        }

        static bool HostMatches(string rule, RouteRequest request)
        {
            var (name, port) = Cut(rule);
            var (sent, sentPort) = Cut(request.Host);
            return sent.Length > 0 && Wild(name, sent) && (port is null || port == (sentPort ?? request.Port));
        }

        static (string Name, int? Port) Cut(string host)
        {
            var parts = host.Split(':');
            return parts.Length == 2 ? (parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)) : (host, null);
        }

        static bool Wild(string rule, string? name)
        {
            if (name is null) return false;
            var (a, b) = (rule.ToLowerInvariant(), name.ToLowerInvariant());
            return a[0] == '*' ? b.EndsWith(a[1..], StringComparison.Ordinal) : a[^1] == '*' ? b.StartsWith(a[..^1], StringComparison.Ordinal) : a == b;
        }

        static bool HeaderMatches(string rule, string value) => rule.StartsWith("~*", StringComparison.Ordinal)
            ? Regex.IsMatch(value, rule[2..], RegexOptions.IgnoreCase)
            : rule.Equals(value, StringComparison.OrdinalIgnoreCase);

        static int? PathMatches(string rule, string path)
        {
            if (rule[0] != '~') return path.StartsWith(rule, StringComparison.Ordinal) ? rule.Length : null;
            var match = Regex.Match(path, "^" + rule[1..]);
            return match.Success ? match.Length : null;
        }
    }
}
