using System.Text.RegularExpressions;

namespace Weir.Config;

static partial class VaultChecks
{
    static readonly string[] Supported = ["env", "file"];

    /// <summary>Kinds of vaults that Kong has and Weir has not.</summary>
    public static readonly IReadOnlyList<string> Unsupported = ["aws", "gcp", "azure", "hcv", "conjur", "konnect"];

    public static void Check(Row row, VaultConfig vault, Report report)
    {
        if (Unsupported.Contains(vault.Name))
            report.Error(row, "name", $"Weir does not support the vault '{vault.Name}' yet; it has: {string.Join(", ", Supported)}");
        else if (!Supported.Contains(vault.Name))
            report.Error(row, "name", $"vault '{vault.Name}' is not installed; expected one of: {string.Join(", ", Supported)}");
        if (!PrefixForm().IsMatch(vault.Prefix))
            report.Error(row, "prefix", $"invalid value: {vault.Prefix}; small letters, digits and '-' are expected, beginning with a letter");
        else if (Supported.Contains(vault.Prefix) || Unsupported.Contains(vault.Prefix))
            report.Error(row, "prefix", $"must not be one of: {string.Join(", ", [.. Supported, .. Unsupported])}");
    }

    [GeneratedRegex("^[a-z][a-z0-9-]*[a-z0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex PrefixForm();
}
