using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Weir.Config;

namespace Weir.Control;

/// <summary>What can be done through the Admin API. Reading and changing is of a kind of entity; the rest is of a workspace as a whole.</summary>
enum AdminAction
{
    [JsonStringEnumMemberName("read")] Read,
    [JsonStringEnumMemberName("create")] Create,
    [JsonStringEnumMemberName("update")] Update,
    [JsonStringEnumMemberName("delete")] Delete,

    /// <summary>See secrets in plain.</summary>
    [JsonStringEnumMemberName("reveal")] Reveal,

    /// <summary>Bring a workspace to what a file says.</summary>
    [JsonStringEnumMemberName("sync")] Sync,

    /// <summary>See what a file would change.</summary>
    [JsonStringEnumMemberName("plan")] Plan,

    /// <summary>Restore an earlier revision.</summary>
    [JsonStringEnumMemberName("rollback")] Rollback,

    /// <summary>Agree to the changes of others.</summary>
    [JsonStringEnumMemberName("approve")] Approve,

    /// <summary>Read the audit log.</summary>
    [JsonStringEnumMemberName("audit")] Audit,
}

/// <summary>What whoever is given the role may do.</summary>
sealed record RoleConfig : Entity
{
    [Description("Unique name; not that of a built-in role."), Format(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("Whom the role is for.")]
    public string? Comment { get; init; }

    [Description("What it permits. What no permission names is not permitted."), MinLength(1)]
    public required IReadOnlyList<PermissionConfig> Permissions { get; init; }
}

/// <summary>Actions on kinds of entities.</summary>
sealed record PermissionConfig
{
    [Description("Kinds of entities: services, routes, plugins, …; null for all that stand in workspaces. Kinds over all workspaces are named."),
        MinLength(1)]
    public IReadOnlyList<string>? Kinds { get; init; }

    [Description("read, create, update, delete; of a workspace as a whole: reveal, sync, plan, rollback, approve, audit. Who may change, may read."),
        MinLength(1), Set]
    public required IReadOnlyList<AdminAction> Actions { get; init; }

    [Description("Of the kind plugins: only these plugins."), MinLength(1)]
    public IReadOnlyList<string>? Plugins { get; init; }

    [Description("The only fields that may be set, with dots between records: hosts, config.minute. Null for all."), MinLength(1)]
    public IReadOnlyList<string>? Fields { get; init; }

    [Description("Fields that may not be set."), MinLength(1)]
    public IReadOnlyList<string>? ExceptFields { get; init; }

    [Description("True forbids what it names, whatever else permits it.")]
    public bool Negative { get; init; }
}

/// <summary>A role given to a user or a team, in a workspace or in all.</summary>
sealed record GrantConfig : Entity
{
    [Description("Name of the role: super-admin, admin, editor, read-only, auditor, or one of your own.")]
    public required string Role { get; init; }

    [Description("The user it is given to.")]
    public Reference? User { get; init; }

    [Description("The team it is given to.")]
    public Reference? Team { get; init; }

    [Description("The workspace in which it holds.")]
    public Reference? Workspace { get; init; }

    [Description("Whether it holds in all workspaces, and for what stands over them.")]
    public bool AllWorkspaces { get; init; }
}
