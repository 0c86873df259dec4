using System.Net;
using Microsoft.AspNetCore.Http;

namespace Weir.Control;

/// <summary>
/// Whose pages may call. A browser sends requests of any page to a listener on its own machine: without this check, every site that somebody looks at could
/// read and change the configuration. Programs say nothing of an origin and are not concerned.
/// </summary>
static class BrowserOrigin
{
    const string Any = "*";

    public static Reply Refused { get; } = Reply.Message(403, "pages of this origin may not call the Admin API");

    /// <param name="request">The request.</param>
    /// <param name="allowed">The origin that may call besides the API's own; <c>*</c> for all, empty for none.</param>
    public static bool MayCall(HttpRequest request, string allowed)
    {
        var origin = request.Headers.Origin.ToString();
        if (allowed == Any || (origin.Length > 0 && origin.Equals(allowed, StringComparison.OrdinalIgnoreCase))) return true;
        var isPage = origin.Length > 0 || request.Headers.ContainsKey("Sec-Fetch-Site");
        // A name that somebody else's DNS makes this machine is an origin of its own to a browser.
        if (isPage && IsOnLoopback(request) && !NamesThisMachine(request.Host.Host)) return false;
        if (origin.Length > 0)
            return Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
        return request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";
    }

    static bool IsOnLoopback(HttpRequest request) => request.HttpContext.Connection.LocalIpAddress is { } address && IPAddress.IsLoopback(address);

    static bool NamesThisMachine(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
