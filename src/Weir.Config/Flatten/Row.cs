namespace Weir.Config;

/// <summary>One entity on its way from the file to the document.</summary>
sealed class Row(EntityKind kind, MapNode node, Row? parent)
{
    public EntityKind Kind { get; } = kind;

    /// <summary>The entity's own fields: nested entities moved out, shorthands expanded, references resolved.</summary>
    public MapNode Node { get; set; } = node;

    /// <summary>The entity it is nested in.</summary>
    public Row? Parent { get; } = parent;

    public string Id { get; set; } = "";

    /// <summary>The id that the file gives, or null.</summary>
    public string? GivenId { get; } = node.FindText("id");

    /// <summary>Its name in the sense of its kind, or null.</summary>
    public string? Name { get; } = kind.NameField.Length > 0 ? node.FindText(kind.NameField) : null;

    /// <summary>Left out of the document, because what it belongs to is managed elsewhere.</summary>
    public bool LeftOut { get; set; }

    /// <summary>A reference of it leads nowhere, which is reported: rules across entities would only report the same again.</summary>
    public bool Broken { get; set; }

    /// <summary>The parsed entity; null as long as it is not parsed, or when it has problems of its own.</summary>
    public Entity? Entity { get; set; }

    /// <summary>The entity as people call it: <c>plugin 'cors' of route 'orders'</c>.</summary>
    public string Label
    {
        get
        {
            var own = Kind.Singular + (ShownName() is { } name ? $" '{name}'" : $" at line {Node.Place.Line}");
            return Parent is not null ? $"{own} of {Parent.Label}" : own + Attached();
        }
    }

    // A flat entity says itself what it belongs to.
    string Attached()
    {
        foreach (var (field, target) in Kind.References)
            if ((Node.Find(field) as MapNode)?.FindText("name") is { } name && Kind == EntityKinds.Plugins)
                return $" of {target.Singular} '{name}'";
        return "";
    }

    // The key of a key-auth credential is a secret; a certificate has no name at all.
    string? ShownName() => Kind == EntityKinds.KeyAuthCredentials ? null : Name ?? Node.FindText("custom_id") ?? GivenId;
}
