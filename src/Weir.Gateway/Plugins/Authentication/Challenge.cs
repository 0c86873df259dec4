using System.Text;

namespace Weir.Gateway.Plugins;

/// <summary>Values of WWW-Authenticate (RFC 9110 §11.6.1).</summary>
static class Challenge
{
    /// <summary><c>Key realm="…"</c>, or the scheme alone without a realm.</summary>
    public static string Of(string scheme, string? realm)
    {
        if (realm is null) return scheme;
        var text = new StringBuilder(scheme).Append(" realm=\"");
        foreach (var c in realm)
        {
            if (c is '"' or '\\') text.Append('\\');
            text.Append(c);
        }
        return text.Append('"').ToString();
    }
}
