namespace Weir.Control;

/// <summary>A role as requests meet it.</summary>
sealed class Role(string name, IReadOnlyList<PermissionConfig> permissions)
{
    public string Name => name;

    public IReadOnlyList<Permission> Permissions { get; } = [.. permissions.Select(static permission => new Permission(permission))];

    /// <summary>Whether nothing is closed to it.</summary>
    public bool IsEverything { get; init; }

    /// <summary>What can be seen of it: it is no entity, so that nobody can change it.</summary>
    public bool IsBuiltIn { get; init; }

    public string Comment { get; init; } = "";
}
