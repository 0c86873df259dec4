using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary><c>weir gateway dump</c>: a workspace as a file.</summary>
static class DumpCommand
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static readonly Option<string?> Output = new("--output-file", "-o") { Description = "File to write; '-' (default): standard output.", HelpName = "file" };
    static readonly Option<string?> Format = new("--format") { Description = "yaml (default) or json.", HelpName = "form" };
    static readonly Option<bool> WithIds = new("--with-id") { Description = "With the id of every entity." };
    static readonly Option<bool> SkipDefaults = new("--skip-defaults") { Description = "Without fields that have their default." };
    static readonly Option<bool> Sanitize = new("--sanitize") { Description = "With hashes in the place of names, hosts and secrets, to be shown to others." };
    static readonly Option<string?> Salt = new("--sanitization-salt") { Description = "Salt of those hashes (default: random).", HelpName = "text" };
    static readonly Option<string[]> SelectTags = new("--select-tag") { Description = "Only entities with this tag; may be repeated.", HelpName = "tag" };
    static readonly Option<bool> SkipConsumers = new("--skip-consumers") { Description = "Without consumers, their credentials, groups and plugins." };
    static readonly Option<bool> SkipCaCertificates = new("--skip-ca-certificates") { Description = "Without certificate authorities." };
    static readonly Option<bool> AllWorkspaces = new("--all-workspaces") { Description = "Every workspace, each into a file of its name." };
    static readonly Option<bool> Yes = new("--yes") { Description = "Write over files that are there." };

    public static Command Create(GatewayPlace place)
    {
        var options = new GatewayOptions();
        var command = new Command("dump", "Write a workspace as a file in decK's format. The same state is the same bytes.")
        {
            Output, Format, WithIds, SkipDefaults, Sanitize, Salt, SelectTags, SkipConsumers, SkipCaCertificates, AllWorkspaces, Yes,
            new Option<bool>("--include-plugin-definitions") { Hidden = true }, new Option<bool>("--skip-consumers-with-consumer-groups") { Hidden = true },
        };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var format = call.Settings.Text(Format) ?? "yaml";
            if (format is not ("yaml" or "json")) throw new GatewayException($"--format: expected yaml or json, found '{format}'");
            var isAll = call.Settings.IsOn(AllWorkspaces);
            if (isAll && call.Workspace is not null) throw new GatewayException("--workspace and --all-workspaces exclude each other");
            if (isAll && call.Settings.Text(Output) is not null) throw new GatewayException("--output-file and --all-workspaces exclude each other");
            if (!isAll) return Write(place, call, call.Settings.Text(Output) ?? "-", await DumpAsync(call, call.Workspace, format, cancellation));
            foreach (var workspace in await WorkspacesAsync(call, cancellation))
                if (Write(place, call, $"{workspace}.{format}", await DumpAsync(call, workspace, format, cancellation)) != 0) return 1;
            return 0;
        }));
        return command;
    }

    /// <summary>Names of all workspaces, in order.</summary>
    public static async Task<IReadOnlyList<string>> WorkspacesAsync(GatewayCall call, CancellationToken cancellation)
    {
        List<string> names = [];
        for (var path = "workspaces?size=1000"; path is not null;)
        {
            var page = (await call.Client.GetAsync(null, path, cancellation)).OrRefused().Json;
            names.AddRange(page["data"]?.AsArray().Select(static each => each!["name"]!.ToString()) ?? []);
            path = page["next"]?.ToString().TrimStart('/');
        }
        return [.. names.Order(StringComparer.Ordinal)];
    }

    static async Task<string> DumpAsync(GatewayCall call, string? workspace, string format, CancellationToken cancellation)
    {
        var query = new StringBuilder("dump?format=").Append(format);
        foreach (var (option, name) in (ReadOnlySpan<(Option<bool>, string)>)
            [(WithIds, "with_id"), (SkipDefaults, "skip_defaults"), (Sanitize, "sanitize"), (SkipConsumers, "skip_consumers"),
                (SkipCaCertificates, "skip_ca_certificates")])
            if (call.Settings.IsOn(option)) query.Append('&').Append(name).Append("=1");
        if (call.Settings.List(SelectTags) is { Count: > 0 } tags) query.Append("&select_tags=").Append(Uri.EscapeDataString(string.Join(',', tags)));
        if (call.Settings.Text(Salt) is { } salt) query.Append("&salt=").Append(Uri.EscapeDataString(salt));
        var reply = await call.Client.GetAsync(workspace, query.ToString(), cancellation);
        if (reply.Status == 404) throw new GatewayException($"there is no workspace '{workspace}'");
        var text = Encoding.UTF8.GetString(reply.OrRefused().Body);
        return format == "json" ? JsonNode.Parse(text)!.ToJsonString(Indented) + "\n" : text;
    }

    static int Write(GatewayPlace place, GatewayCall call, string file, string text)
    {
        if (file == "-")
        {
            place.Output.Write(text);
            return 0;
        }
        if (File.Exists(file) && !call.Settings.IsOn(Yes) && !place.Agrees($"File '{file}' already exists. Do you want to overwrite it?"))
            throw new GatewayException($"{file} is there already; --yes writes over it");
        GatewayText.Write(file, text);
        return 0;
    }
}
