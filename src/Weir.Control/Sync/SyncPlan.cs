using Weir.Config;

namespace Weir.Control;

/// <summary>
/// Brings a workspace to what a declarative file says, as changes of one draft: entities of the file are found again by id or by what names them, put in
/// whole, and what the file no longer has is deleted where it is asked to.
/// </summary>
sealed class SyncPlan
{
    const int SchemaViolation = 2;

    readonly Report _report;
    SyncRun? _last;

    /// <param name="root">The file, with variables filled in.</param>
    /// <param name="options">What to look at.</param>
    /// <param name="limits">How many problems are listed.</param>
    public SyncPlan(MapNode root, SyncOptions options, ReadLimits limits)
    {
        Options = options;
        _report = new Report(limits.ProblemsMax);
        root = WithTags(root);
        Header = FileHeader.Read(root, _report);
        Collected = new Collector(Header, _report);
        Collected.Collect(root);
        Tags = [.. Header.SelectTags.OfType<ScalarNode>().Select(static tag => tag.Text).Distinct()];
    }

    public SyncOptions Options { get; }

    public FileHeader Header { get; }

    /// <summary>The entities of the file.</summary>
    public Collector Collected { get; }

    /// <summary>Tags of all entities that the file owns; empty when it owns everything.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>What is wrong with the file itself, and what should be known of it.</summary>
    public IReadOnlyList<Problem> Problems => _report.Problems();

    /// <summary>Whether passwords of basic-auth are hashed in the file.</summary>
    public bool PasswordsAreHashed => Header.PasswordsAreHashed;

    /// <summary>Says the changes to a draft; everything that cannot be done is returned, not only the first.</summary>
    public IReadOnlyList<Refusal> Apply(Draft draft, Guid workspace)
    {
        _last = new SyncRun(this, draft, workspace);
        return _last.Apply();
    }

    /// <summary>Refusals as problems of the file, each at its place there where it has one.</summary>
    public IReadOnlyList<Problem> Explain(IReadOnlyList<Refusal> refusals) =>
    [
        .. refusals.SelectMany(Explain).OrderBy(static problem => problem.Place.Line).ThenBy(static problem => problem.Place.Column),
    ];

    IEnumerable<Problem> Explain(Refusal refusal)
    {
        var row = _last?.RowOf(refusal);
        var entity = row?.Label ?? refusal.Entity;
        if (refusal is { Code: SchemaViolation, Fields: { } fields })
            return FieldErrors.Flat(fields).Select(each => new Problem(Severity.Error, PlaceOf(row, each.Field), entity, each.Field, each.Message));
        // Its message names the entity, for those who see nothing but the message.
        if (refusal.Code == Refusal.GuardrailCode)
            return [new Problem(Severity.Error, PlaceOf(row, ""), entity, "", refusal.Message[(refusal.Entity.Length + 2)..])];
        var field = refusal.Fields?.Select(static each => each.Key).FirstOrDefault(static key => !key.StartsWith('@')) ?? "";
        var isTaken = refusal.Code == Refusal.UniqueViolation && refusal.Entity != entity && refusal.Entity.Length > 0;
        var other = isTaken ? $": {refusal.Entity} has it already" : "";
        return [new Problem(Severity.Error, PlaceOf(row, field), entity, field, refusal.Message + other)];
    }

    static Place PlaceOf(Row? row, string field) => row?.Node.Nearest(field).Place ?? default;

    /// <summary>The tags that are asked for are the file's, as if they stood in it.</summary>
    MapNode WithTags(MapNode root)
    {
        if (Options.SelectTags.Count == 0) return root;
        var info = root.Find("_info") as MapNode ?? new MapNode(root.Place, []);
        var own = (info.Find("select_tags") as ListNode)?.Items.OfType<ScalarNode>().Select(static tag => tag.Text).ToHashSet() ?? [];
        if (own.Count == 0)
            return root.With("_info", info.With("select_tags", new ListNode(info.Place, [.. Options.SelectTags.Distinct().Select(Nodes.Text)])));
        if (!own.SetEquals(Options.SelectTags))
            _report.Error(info.Nearest("select_tags").Place, "_info", "select_tags",
                $"the file is of {string.Join(", ", own)}, and {string.Join(", ", Options.SelectTags)} is asked for: they must be the same");
        return root;
    }
}
