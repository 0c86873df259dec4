using System.Net;

namespace Weir.Gateway;

/// <summary>The arguments of a query as a log record groups them.</summary>
static class LoggedQuery
{
    /// <summary>Names in the order in which they first come, each with its values; null stands for an argument without '='.</summary>
    public static List<(string Name, List<string?> Values)> Parse(ReadOnlySpan<char> query, int argumentsMax)
    {
        List<(string Name, List<string?> Values)> found = [];
        var count = 0;
        foreach (var range in query.Split('&'))
        {
            var argument = query[range];
            if (argument.IsEmpty) continue;
            if (++count > argumentsMax) break;
            var equals = argument.IndexOf('=');
            var name = Decode(equals < 0 ? argument : argument[..equals]);
            var value = equals < 0 ? null : Decode(argument[(equals + 1)..]);
            if (name.Length == 0) continue;
            var known = found.FindIndex(entry => entry.Name == name);
            if (known < 0) found.Add((name, [value]));
            else found[known].Values.Add(value);
        }
        return found;
    }

    static string Decode(ReadOnlySpan<char> text) => text.ContainsAny('%', '+') ? WebUtility.UrlDecode(text.ToString()) : text.ToString();
}
