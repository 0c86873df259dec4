namespace Weir.Control;

/// <summary>One request to the Admin API and what became of it.</summary>
/// <param name="At">When it was answered.</param>
/// <param name="RequestId">Its id, as it stands in the answer and in the journal.</param>
/// <param name="Actor">Who called; <c>anonymous</c> for nobody.</param>
/// <param name="Address">From where.</param>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path, without what may be a secret.</param>
/// <param name="Query">Its query, likewise; empty for none.</param>
/// <param name="Workspace">The workspace that it was for; empty when there is none such for the caller.</param>
/// <param name="Status">Status of the answer.</param>
/// <param name="Outcome">What that means: done, refused (no credentials, no rights), invalid (everything else that is the caller's), failed.</param>
/// <param name="Message">Why it was not done; empty when it was.</param>
/// <param name="Revision">The revision that it made; null for none.</param>
/// <param name="Reason">What the caller says of it.</param>
sealed record AuditRecord(
    DateTimeOffset At, string RequestId, string Actor, string Address, string Method, string Path, string Query, string Workspace, int Status, string Outcome,
    string Message, long? Revision, string Reason)
{
    /// <summary>Where the journal ended, signed; null in records of requests.</summary>
    public Checkpoint? Checkpoint { get; private init; }

    /// <summary>The record of a checkpoint that a node made by itself.</summary>
    public static AuditRecord Of(Checkpoint checkpoint) =>
        new(checkpoint.At, "", "weir", "", "CHECKPOINT", "/journal/checkpoint", "", "", 200, "done", "", checkpoint.Revision, "") { Checkpoint = checkpoint };

    public static string OutcomeOf(int status) => status switch
    {
        < 400 => "done",
        401 or 403 or 429 => "refused",
        < 500 => "invalid",
        _ => "failed",
    };
}

/// <summary>Takes what happened at the Admin API.</summary>
interface IAdminAudit
{
    /// <summary>Takes one request: every one, once, before its answer goes out.</summary>
    ValueTask RecordAsync(AuditRecord record);
}
