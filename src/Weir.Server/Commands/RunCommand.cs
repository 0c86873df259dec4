using System.CommandLine;

namespace Weir.Server;

/// <summary><c>weir run [FILE…]</c>: the gateway.</summary>
static class RunCommand
{
    static readonly (string Flag, string Setting, string Description)[] Flags =
    [
        ("--proxy", "proxy_listen", "Addresses for plain HTTP traffic (default 0.0.0.0:8000); off for none."),
        ("--proxy-tls", "proxy_listen_tls", "Addresses for HTTPS traffic (default 0.0.0.0:8443); off for none."),
        ("--status", "status_listen", "Addresses of the status listener (default 127.0.0.1:8007); off for none."),
        ("--access-log", "access_log", "Access log: off, json (default) or text."),
        ("--access-log-file", "access_log_file", "File of the access log (default: standard output)."),
    ];

    public static Command Create()
    {
        var documents = new DocumentOptions();
        var settingsFile = new Option<string?>("--settings") { Description = "YAML file with the node's settings; `weir settings` lists them." };
        var set = new Option<string[]>("--set") { Description = "One setting, as name=value; may be repeated." };
        var noWatch = new Option<bool>("--no-watch") { Description = "Do not reload when the files change (SIGHUP and POST /config still do)." };
        var command = new Command("run", """
            Run the gateway on declarative files. Without a file it serves a built-in example.

            It reloads when a file changes, on SIGHUP, and on POST /config to the status listener; a bad file leaves the configuration before in
            force. SIGTERM and SIGINT stop it after the requests under way.
            """) { settingsFile, set, noWatch };
        documents.AddTo(command);
        var flags = Flags.Select(flag => (Option: new Option<string?>(flag.Flag) { Description = flag.Description }, flag.Setting)).ToList();
        foreach (var (option, _) in flags) command.Options.Add(option);

        command.SetAction(async (result, cancellation) =>
        {
            var given = flags
                .Where(flag => result.GetValue(flag.Option) is not null)
                .Select(flag => (flag.Setting, Value: OffIsEmpty(flag.Setting, result.GetValue(flag.Option)!), Source: flag.Option.Name))
                .Concat((result.GetValue(set) ?? []).Select(pair => (pair.Split('=')[0], pair.Contains('=') ? pair[(pair.IndexOf('=') + 1)..] : "", "--set " + pair)));
            var (settings, problems) = SettingsReader.Read(result.GetValue(settingsFile), given);
            ProblemPrinter.Print(problems, Console.Error);
            if (settings is null) return 1;
            var run = new NodeRun(settings, result.GetValue(documents.Files) ?? [], !result.GetValue(noWatch), catalog => documents.Read(result, catalog, resolveSecrets: true));
            return await run.RunAsync(cancellation);
        });
        return command;
    }

    static string OffIsEmpty(string setting, string value) => value == "off" && setting.EndsWith("listen", StringComparison.Ordinal) || value == "off" && setting.EndsWith("tls", StringComparison.Ordinal) ? "" : value;
}
