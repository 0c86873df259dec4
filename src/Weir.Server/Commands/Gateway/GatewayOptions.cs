using System.CommandLine;
using Weir.Config;

namespace Weir.Server;

/// <summary>
/// Options that say where the control plane is and who calls, with decK's names. What a command line leaves open is looked for in the environment
/// (<c>DECK_KONG_ADDR</c>), then in the file of settings (<c>~/.deck.yaml</c>).
/// </summary>
sealed class GatewayOptions
{
    const string AddressDefault = "http://localhost:8001";
    const string TimeoutDefault = "10";

    readonly Option<string?> _config = new("--config") { Description = "File of settings (default ~/.deck.yaml).", HelpName = "file" };
    readonly Option<string?> _address = Text("--kong-addr", $"Address of the control plane's Admin API (default {AddressDefault}).", "url");
    readonly Option<string[]> _headers = new("--headers") { Description = "Header to send with every request; may be repeated.", HelpName = "name:value" };

    readonly Option<string?> _token = new("--kong-admin-token", "--token")
    {
        Description = "Token that says who calls; also in WEIR_TOKEN, or as weir login keeps it.",
        HelpName = "token",
    };

    readonly Option<string?> _timeout = Text("--timeout", $"Seconds to wait for an answer (default {TimeoutDefault}).", "seconds");
    readonly Option<bool> _skipVerify = new("--tls-skip-verify") { Description = "Do not check the certificate of the control plane." };
    readonly Option<string?> _serverName = Text("--tls-server-name", "Name that its certificate must have.", "name");
    readonly Option<string?> _authority = Text("--ca-cert", "PEM of the authority to trust.", "pem");
    readonly Option<string?> _authorityFile = Text("--ca-cert-file", "File with the authority to trust.", "file");
    readonly Option<string?> _certificate = Text("--tls-client-cert", "PEM of the certificate to show.", "pem");
    readonly Option<string?> _certificateFile = Text("--tls-client-cert-file", "File with the certificate to show.", "file");
    readonly Option<string?> _key = Text("--tls-client-key", "PEM of its key.", "pem");
    readonly Option<string?> _keyFile = Text("--tls-client-key-file", "File with its key.", "file");
    readonly Option<bool> _noColor = new("--no-color") { Description = "No colours." };
    readonly Option<bool> _skipWorkspace = new("--skip-workspace-crud") { Description = "Do not make a workspace that is not there." };
    readonly Option<string?> _workspace = new("--workspace", "-w") { Description = "Workspace; goes before the _workspace of files.", HelpName = "name" };

    readonly Option[] _withoutEffect =
    [
        new Option<string?>("--verbose") { Hidden = true }, new Option<string?>("--analytics") { Hidden = true },
        new Option<string?>("--kong-cookie-jar-path") { Hidden = true },
    ];

    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)
            [_config, _address, _headers, _token, _timeout, _skipVerify, _serverName, _authority, _authorityFile, _certificate, _certificateFile, _key,
                _keyFile, _noColor, _skipWorkspace, _workspace, .. _withoutEffect])
            command.Options.Add(option);
    }

    /// <summary>What the options come to.</summary>
    /// <exception cref="GatewayException">One of them is nonsense.</exception>
    public GatewayCall Read(ParseResult result, GatewayPlace place)
    {
        var settings = new GatewaySettings(result, place, result.GetValue(_config));
        var address = settings.Text(_address) ?? AddressDefault;
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new GatewayException($"--kong-addr: expected an address such as {AddressDefault}, found '{address}'");
        var timeout = settings.Text(_timeout) ?? TimeoutDefault;
        if (!int.TryParse(timeout, out var seconds) || seconds < 0) throw new GatewayException($"--timeout: expected seconds, found '{timeout}'");
        var client = new ControlClient(new ControlAddress(uri)
        {
            Headers = [.. settings.List(_headers).Select(Header), .. Token(settings, place, uri)],
            Timeout = seconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds),
            SkipsVerification = settings.IsOn(_skipVerify),
            ServerName = settings.Text(_serverName),
            Authority = settings.Pem(_authority, _authorityFile),
            Certificate = settings.Pem(_certificate, _certificateFile),
            Key = settings.Pem(_key, _keyFile),
        });
        var isPlain = settings.IsOn(_noColor) || place.Environment("NO_COLOR") is { Length: > 0 } || !place.IsTerminal;
        return new GatewayCall(client, settings.Text(_workspace), settings.IsOn(_skipWorkspace), new Palette(!isPlain), settings);
    }

    /// <summary>What is said here and now goes before what is kept.</summary>
    IEnumerable<(string Name, string Value)> Token(GatewaySettings settings, GatewayPlace place, Uri address)
    {
        string?[] found = [settings.Given(_token), place.Environment("WEIR_TOKEN"), settings.Text(_token), SavedTokens.Find(place, address)];
        return found.FirstOrDefault(static each => each is { Length: > 0 }) is { } token ? [("Kong-Admin-Token", token)] : [];
    }

    static (string Name, string Value) Header(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 ? (text[..colon].Trim(), text[(colon + 1)..].Trim()) : throw new GatewayException($"--headers: expected name:value, found '{text}'");
    }

    static Option<string?> Text(string name, string description, string help) => new(name) { Description = description, HelpName = help };
}

/// <summary>What every command of the control plane starts from.</summary>
/// <param name="Client">Speaks to the control plane.</param>
/// <param name="Workspace">The workspace that the command line names; null for the one that files name, or the default one.</param>
/// <param name="SkipsWorkspace">Whether workspaces are not made.</param>
/// <param name="Colours">How output is coloured.</param>
/// <param name="Settings">Looks options up.</param>
sealed record GatewayCall(ControlClient Client, string? Workspace, bool SkipsWorkspace, Palette Colours, GatewaySettings Settings) : IDisposable
{
    public void Dispose() => Client.Dispose();
}

/// <summary>Options with what stands for them in the environment and in the file of settings.</summary>
sealed class GatewaySettings
{
    const string FileDefault = ".deck.yaml";

    readonly ParseResult _result;
    readonly GatewayPlace _place;
    readonly MapNode? _file;

    public GatewaySettings(ParseResult result, GatewayPlace place, string? file)
    {
        (_result, _place) = (result, place);
        file ??= place.Environment("DECK_CONFIG");
        var path = file ?? (place.Environment("HOME") is { } home ? Path.Combine(home, FileDefault) : "");
        if (path.Length == 0 || (file is null && !File.Exists(path))) return;
        var (root, problems) = DocumentReader.ReadNodes(path, new ReadLimits());
        if (problems.FirstOrDefault(static problem => problem.Severity == Severity.Error) is { } broken) throw new GatewayException(broken.ToString());
        _file = root;
    }

    /// <summary>What the command line itself says.</summary>
    public string? Given(Option<string?> option) => _result.GetValue(option);

    public string? Text(Option<string?> option) => _result.GetValue(option) ?? Elsewhere(option.Name);

    public bool IsOn(Option<bool> option) => _result.GetValue(option) || Elsewhere(option.Name) is "true" or "1" or "t" or "T" or "TRUE" or "True";

    public IReadOnlyList<string> List(Option<string[]> option) => _result.GetValue(option) is { Length: > 0 } given
        ? [.. given.SelectMany(static each => each.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))]
        : FromFile(option.Name) is ListNode list ? [.. list.Items.OfType<ScalarNode>().Select(static item => item.Text)]
        : Elsewhere(option.Name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>A PEM text that is given as such or as a file.</summary>
    public string? Pem(Option<string?> text, Option<string?> file)
    {
        if (Text(text) is { Length: > 0 } pem) return pem;
        if (Text(file) is not { Length: > 0 } path) return null;
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new GatewayException($"{file.Name}: {path} cannot be read: {unreadable.Message}");
        }
    }

    string? Elsewhere(string name) =>
        _place.Environment("DECK_" + name.TrimStart('-').Replace('-', '_').ToUpperInvariant()) ?? (FromFile(name) as ScalarNode)?.Text;

    Node? FromFile(string name) => _file?.Find(name.TrimStart('-'));
}

/// <summary>What stops a command, in words for whoever gave it.</summary>
sealed class GatewayException(string message) : Exception(message);
