using System.CommandLine;

namespace Weir.Server;

/// <summary><c>weir run [FILE…]</c>: the gateway.</summary>
static class RunCommand
{
    static readonly (string Flag, string Setting, string Value, string Description)[] Flags =
    [
        ("--proxy", "proxy_listen", "address:port,…", "Addresses for plain HTTP traffic (default 0.0.0.0:8000); off for none."),
        ("--proxy-tls", "proxy_listen_tls", "address:port,…", "Addresses for HTTPS traffic (default 0.0.0.0:8443); off for none."),
        ("--status", "status_listen", "address:port,…", "Addresses of the status listener (default 127.0.0.1:8007); off for none."),
        ("--data", "data", "place", "Run a control plane too: its journal is in this folder, or at postgres://user@host/database."),
        ("--keys", "journal_keyring", "file", "File with the keyring that seals the journal, mode 0600 (`weir journal key` makes keys)."),
        ("--admin", "admin_listen", "address:port,…", "Addresses of the Admin API (default 127.0.0.1:8001); off for none."),
        ("--cluster", "cluster_listen", "address:port,…", "Addresses at which the control plane listens for gateways that follow it."),
        ("--handover", "handover", "path", "Unix socket at which a second process with the same one takes over without a lost request."),
        ("--transport", "transport", "kind", "What moves bytes: loops or sockets."),
        ("--access-log", "access_log", "form", "Access log: off, json (default) or text."),
        ("--access-log-file", "access_log_file", "file", "File of the access log (default: standard output)."),
    ];

    public static Command Create() => Create("""
        Run the gateway on declarative files. Without a file it serves a built-in example.

        It reloads when a file changes, on SIGHUP, and on POST /config to the status listener; a bad file leaves the configuration before in
        force. SIGTERM and SIGINT stop it after the requests under way.
        """, []);

    /// <summary>A command that runs a node.</summary>
    /// <param name="description">What it says of itself.</param>
    /// <param name="more">Flags besides those that every node has, and the settings that they are.</param>
    public static Command Create(string description, (string Flag, string Setting, string Value, string Description)[] more)
    {
        var documents = new DocumentOptions();
        var settingsOptions = new SettingsOptions();
        var noWatch = new Option<bool>("--no-watch") { Description = "Do not reload when the files change (SIGHUP and POST /config still do)." };
        var command = new Command("run", description) { noWatch };
        documents.AddTo(command);
        settingsOptions.AddTo(command);
        var flags = Flags.Concat(more)
            .Select(static flag => (Option: new Option<string?>(flag.Flag) { Description = flag.Description, HelpName = flag.Value }, flag.Setting))
            .ToList();
        foreach (var (option, _) in flags) command.Options.Add(option);

        command.SetAction(async (result, cancellation) =>
        {
            var given = flags
                .Where(flag => result.GetValue(flag.Option) is not null)
                .Select(flag => (flag.Setting, OffIsEmpty(flag.Setting, result.GetValue(flag.Option)!), flag.Option.Name));
            if (settingsOptions.Read(result, given) is not { } settings) return 1;
            var files = result.GetValue(documents.Files) ?? [];
            var run = new NodeRun(settings, files, !result.GetValue(noWatch), catalog => documents.Read(result, catalog, resolveSecrets: true) with
            {
                SecretsDirectory = settings.VaultFileDirectory.Length == 0 ? null : settings.VaultFileDirectory,
            });
            return await run.RunAsync(cancellation);
        });
        return command;
    }

    static string OffIsEmpty(string setting, string value) => value == "off" && setting.Contains("listen", StringComparison.Ordinal) ? "" : value;
}
