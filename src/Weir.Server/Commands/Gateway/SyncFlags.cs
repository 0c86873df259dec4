using System.CommandLine;

namespace Weir.Server;

/// <summary>Flags of the commands that compare files with a workspace, with decK's names.</summary>
sealed class SyncFlags
{
    readonly Option<string[]> _selectTags = new("--select-tag")
    {
        Description = "Only entities with this tag; may be repeated, and all must be there.",
        HelpName = "tag",
    };

    readonly Option<bool> _skipConsumers = new("--skip-consumers") { Description = "Leave consumers, their credentials, groups and plugins alone." };
    readonly Option<bool> _skipCaCertificates = new("--skip-ca-certificates") { Description = "Leave certificate authorities alone." };
    readonly Option<bool> _skipHash = new("--skip-hash-for-basic-auth") { Description = "Passwords of basic-auth are hashed in the files already." };
    readonly Option<bool> _noMask = new("--no-mask-deck-env-vars-value") { Description = "Show values of DECK_ variables." };
    readonly Option<bool> _silent = new("--silence-events") { Description = "Print the summary only." };
    readonly Option<bool> _json = new("--json-output") { Description = "Print JSON." };
    readonly Option<string?> _reason = new("--reason") { Description = "What the change is for; it stands in the journal.", HelpName = "text" };

    readonly Option[] _withoutEffect =
    [
        new Option<int>("--parallelism") { Description = "Accepted for decK's sake: a sync is one transaction." },
        new Option<int>("--db-update-propagation-delay") { Hidden = true }, new Option<bool>("--consumer-group-policy-overrides") { Hidden = true },
        new Option<bool>("--include-plugin-definitions") { Hidden = true }, new Option<bool>("--skip-consumers-with-consumer-groups") { Hidden = true },
        new Option<bool>("--errors-as-warnings", "-W") { Hidden = true }, new Option<bool>("--warnings-as-errors", "-E") { Hidden = true },
        new Option<bool>("--online-entities-list") { Hidden = true },
    ];

    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)
            [_selectTags, _skipConsumers, _skipCaCertificates, _skipHash, _noMask, _silent, _json, _reason, .. _withoutEffect])
            command.Options.Add(option);
    }

    public SyncSettings Read(GatewaySettings settings, string mode, bool isDryRun) => new(mode, isDryRun)
    {
        SelectTags = settings.List(_selectTags),
        SkipsConsumers = settings.IsOn(_skipConsumers),
        SkipsCaCertificates = settings.IsOn(_skipCaCertificates),
        PasswordsAreHashed = settings.IsOn(_skipHash),
        Reason = settings.Text(_reason) ?? "",
    };

    public bool IsMasking(GatewaySettings settings) => !settings.IsOn(_noMask);

    public bool IsSilent(GatewaySettings settings) => settings.IsOn(_silent);

    public bool IsJson(GatewaySettings settings) => settings.IsOn(_json);
}
