using System.Collections.Frozen;
using System.Text;

namespace Weir.Ai;

/// <summary>
/// Which parameters of a client's URL a provider gets to see: of lists of files and the like all but those in which clients put keys. Other operations have
/// none of the client's.
/// </summary>
static class ForwardedQuery
{
    static readonly FrozenSet<string> Keys = new[]
    {
        "key", "api_key", "apikey", "api-key", "access_token", "token", "x-api-key", "subscription-key", "api-version",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The parameters, to be put behind <paramref name="before"/>.</summary>
    public static string Of(Exchange exchange, Operation operation, string before)
    {
        var isPassed = operation is Operation.Files or Operation.Batches or Operation.Assistants or Operation.Models or Operation.Video or Operation.Other;
        if (!isPassed) return "";
        var query = new StringBuilder();
        foreach (var (name, values) in exchange.Http.Request.Query)
        {
            if (Keys.Contains(name)) continue;
            foreach (var value in values)
            {
                query.Append(before.Length + query.Length == 0 ? '?' : '&');
                query.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value ?? ""));
            }
        }
        return query.ToString();
    }
}
