using System.Globalization;
using System.Text;

namespace Weir.Config;

/// <summary>The fields of a record as a Markdown table, for reference pages.</summary>
static class ReferenceTable
{
    const string Header = "| Field | Type | Default | What it is |\n|---|---|---|---|\n";

    /// <summary>The settings of a plugin.</summary>
    public static string Of(PluginKind plugin) => Of(Shape.Of(plugin.ConfigType));

    /// <summary>The fields of an entity.</summary>
    public static string Of(EntityKind entity) => Of(Shape.Of(entity.Type));

    /// <summary>Fields of any record.</summary>
    public static string Of(Shape shape)
    {
        var table = new StringBuilder(Header);
        Append(table, "", shape);
        return shape.Order.Count == 0 ? "No settings.\n" : table.ToString();
    }

    static void Append(StringBuilder table, string prefix, Shape shape)
    {
        foreach (var field in shape.Order)
        {
            var name = prefix + field.Name;
            table.Append(CultureInfo.InvariantCulture, $"| `{name}` | {TypeOf(field)} | {DefaultOf(field)} | {Text(field)} |\n");
            if (Inner(field.Shape, out var suffix) is { } inner)
                Append(table, name + suffix + ".", inner);
        }
        foreach (var (name, path) in shape.Shorthands)
            table.Append(CultureInfo.InvariantCulture, $"| `{prefix}{name}` | | | Deprecated: use `{prefix}{string.Join('.', path)}`. |\n");
    }

    // The record whose fields follow in rows of their own.
    static Shape? Inner(Shape shape, out string suffix)
    {
        suffix = "";
        for (; shape.Kind is ShapeKind.List or ShapeKind.Map; shape = shape.Element!)
            suffix += shape.Kind == ShapeKind.List ? "[]" : ".*";
        return shape is { Kind: ShapeKind.Record, IsReference: false } ? shape : null;
    }

    static string TypeOf(FieldShape field)
    {
        var type = TypeOf(field.Shape, field.Rules);
        if (field.Rules.Range is { } range && range.Max < long.MaxValue)
            type += string.Create(CultureInfo.InvariantCulture, $", {range.Min} to {range.Max}");
        if (field.Rules.LengthMin is > 0 and var min)
            type += field.Shape.Kind == ShapeKind.List ? $", at least {min}" : $", at least {min} characters";
        if (field.Rules.LengthMax is { } max)
            type += field.Shape.Kind == ShapeKind.List ? $", at most {max}" : $", at most {max} characters";
        return type;
    }

    static string TypeOf(Shape shape, FieldRules rules) => shape.Kind switch
    {
        ShapeKind.Text or ShapeKind.Choice or ShapeKind.Integer when rules.Allowed.Count > 0 => Words(rules.Allowed),
        ShapeKind.Text => rules.Format is { } format ? FormatName(format) : "text",
        ShapeKind.Choice => Words(shape.Choices),
        ShapeKind.List => (rules.Set ? "set of " : "list of ") + TypeOf(shape.Element!, rules),
        ShapeKind.Map => "map of " + TypeOf(shape.Element!, rules),
        ShapeKind.Record when shape.IsReference => "reference",
        ShapeKind.Any => "anything",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    static string FormatName(TextFormat format) => format switch
    {
        TextFormat.Uuid => "UUID",
        TextFormat.Url => "URL",
        TextFormat.Host or TextFormat.WildcardHost => "host",
        TextFormat.Sni => "server name",
        TextFormat.Path or TextFormat.RouterPath => "path",
        TextFormat.HeaderName => "header name",
        TextFormat.HeaderPair or TextFormat.Pair => "`name:value`",
        TextFormat.IpOrCidr => "address or range",
        TextFormat.Regex => "regular expression",
        TextFormat.PemCertificate => "PEM certificate",
        TextFormat.PemKey => "PEM key",
        _ => format.ToString().ToLowerInvariant(),
    };

    static string DefaultOf(FieldShape field)
    {
        if (field.Required)
            return "required";
        var older = Shown(field, Profile.V3_9);
        var newer = Shown(field, Profile.V3_14);
        return older == newer ? older : $"{older} ({newer} with `--compat 3.14`)";
    }

    static string Shown(FieldShape field, Profile profile)
    {
        // The rows of the record's own fields say it.
        if (Inner(field.Shape, out _) is not null && field.Shape.Kind == ShapeKind.Record)
            return "";
        return field.Default(profile) is { } json ? $"`{Escape(Encoding.UTF8.GetString(json))}`" : "";
    }

    static string Text(FieldShape field)
    {
        var text = Escape(field.Description);
        if (field.Rules.Secret)
            return text + " Secret; may be a vault reference.";
        return field.Rules.Referenceable ? text + " May be a vault reference." : text;
    }

    static string Words(IEnumerable<string> words) => string.Join(", ", words.Select(static word => $"`{word}`"));

    static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
