using System.Security.Cryptography;
using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>Terraform resources in the making: names that are free, references, imports.</summary>
sealed class TerraformWriter(string? importsFrom, bool ignoreCredentialChanges)
{
    const string Provider = "konnect_gateway_";

    readonly StringBuilder _text = new();
    readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public override string ToString() => $$"""
        variable "control_plane_id" {
          type = string
          default = {{HclText.Quoted(importsFrom ?? "YOUR_CONTROL_PLANE_ID")}}
        }


        """ + _text;

    /// <summary>A name of Terraform: letters, digits and underscores.</summary>
    public static string Slug(params ReadOnlySpan<string> parts) =>
        string.Concat(string.Join('_', parts!).Select(static c => char.IsLetterOrDigit(c) ? c : '_'));

    public static string Digest(string text) => Convert.ToHexStringLower(MD5Hash(text));

    /// <summary>Writes a resource; the address that others refer to it by comes back.</summary>
    /// <param name="type">Its type, without the provider.</param>
    /// <param name="name">Its name; a number is added when it is taken.</param>
    /// <param name="attributes">Its fields.</param>
    /// <param name="references">Other resources: <c>service</c> as a block with an id, <c>consumer_id</c> as an attribute.</param>
    /// <param name="id">The id that an existing one is imported by.</param>
    /// <param name="secrets">Fields whose changes can be ignored.</param>
    /// <param name="json">A field whose value the provider takes as JSON.</param>
    public string Write(string type, string name, MapNode attributes, IReadOnlyList<(string Key, string Address)> references, string? id = null,
        IReadOnlyList<string>? secrets = null, string? json = null)
    {
        var unique = name;
        for (var i = 2; !_taken.Add($"{type}.{unique}"); i++) unique = $"{name}_{i}";
        var address = $"{Provider}{type}.{unique}";
        _text.Append("resource \"").Append(Provider).Append(type).Append("\" \"").Append(unique).Append("\" {\n");
        HclText.Attributes(_text, attributes, 2, json);
        foreach (var (key, other) in references)
        {
            if (key.EndsWith("_id", StringComparison.Ordinal)) _text.Append("\n  ").Append(key).Append(" = ").Append(other).Append(".id\n");
            else _text.Append("\n  ").Append(key).Append(" = {\n    id = ").Append(other).Append(".id\n  }\n");
        }
        _text.Append("\n  control_plane_id = var.control_plane_id\n");
        if (ignoreCredentialChanges && secrets is { Count: > 0 })
            _text.Append("  lifecycle {\n    ignore_changes = [\n      ").AppendJoin(",\n      ", secrets).Append("\n    ]\n  }\n\n");
        _text.Append("}\n\n");
        if (importsFrom is not null && id is not null) Import(address, id);
        return address;
    }

    /// <summary>The membership of a consumer in a group.</summary>
    public void Member(string name, string consumer, string group) => _text.Append($$"""
        resource "{{Provider}}consumer_group_member" "{{name}}" {
          consumer_id = {{consumer}}.id
          consumer_group_id = {{group}}.id
          control_plane_id = var.control_plane_id
        }


        """);

    public static string Address(string type, string name) => $"{Provider}{type}.{name}";

    void Import(string address, string id)
    {
        var json = $"{{\"id\": \"{id}\", \"control_plane_id\": \"{importsFrom}\"}}";
        _text.Append("import {\n  to = ").Append(address).Append("\n  id = ").Append(HclText.Quoted(json)).Append("\n}\n\n");
    }

#pragma warning disable CA5351 // A name that is the same for the same certificate; nothing is secured by it.
    static byte[] MD5Hash(string text) => MD5.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5351
}
