using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Weir.Control;

/// <summary>Paths and queries without what may be a secret: some credentials stand in paths by their name, which is the secret itself.</summary>
static partial class AuditPath
{
    const int CharsMax = 1024;

    static readonly string[] NotSecret =
    [
        "size", "offset", "tags", "dry_run", "mode", "format", "with_id", "select_tags", "skip_consumers", "skip_defaults", "skip_ca_certificates",
        "from", "to", "workspace", "actor", "kind", "id", "since", "until", "after", "follow", "last", "check_hash", "flatten_errors",
        "expected_revision", "plan_hash", "unit", "scale", "sanitize",
    ];

    public static string Of(PathString path) => Cut(AfterSecretKind().Replace(path.Value ?? "/", "$1[masked]"));

    public static string Of(IQueryCollection query) =>
        Cut(string.Join('&', query.Select(static each => $"{each.Key}={(NotSecret.Contains(each.Key) ? each.Value.ToString() : SecretMask.Masked)}")));

    static string Cut(string text) => text.Length > CharsMax ? text[..CharsMax] + "…" : text;

    /// <summary>Kinds whose name is a secret; ids are none.</summary>
    [GeneratedRegex("(/(?:key-auths?|cache)/)(?![0-9a-fA-F-]{36}(?:/|$))[^/]+", RegexOptions.CultureInvariant)]
    private static partial Regex AfterSecretKind();
}
