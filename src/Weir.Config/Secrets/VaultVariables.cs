namespace Weir.Config;

/// <summary>Settings of vaults that references name by their kind, from the environment: KONG_VAULT_HCV_TOKEN is the field token of the vault hcv.</summary>
static class VaultVariables
{
    public static MapNode Read(string kind, Shape shape, Place place, ReadOptions options)
    {
        var settings = new MapNode(place, []);
        foreach (var field in shape.Order)
        {
            if (options.Environment($"KONG_VAULT_{kind}_{field.Name}".ToUpperInvariant()) is not { Length: > 0 } text)
                continue;
            var scalar = field.Shape.Kind switch
            {
                ShapeKind.Integer => ScalarKind.Integer,
                ShapeKind.Number => ScalarKind.Number,
                ShapeKind.Boolean => ScalarKind.Boolean,
                _ => ScalarKind.Text,
            };
            if (scalar == ScalarKind.Boolean)
                text = text is "on" or "true" ? "true" : "false";
            settings = settings.With(field.Name, new ScalarNode(place, scalar, text));
        }
        return settings;
    }
}
