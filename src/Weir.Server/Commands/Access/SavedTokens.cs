using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>
/// Tokens that <c>weir login</c> got, by the address of the control plane: in <c>~/.weir/tokens.json</c>, which only its owner can read. A control plane is
/// never shown the token of another.
/// </summary>
static class SavedTokens
{
    /// <summary>The token for a control plane; null for none.</summary>
    public static string? Find(GatewayPlace place, Uri address) => Read(place)[Key(address)]?.ToString();

    /// <summary>Keeps a token, or forgets it.</summary>
    public static void Save(GatewayPlace place, Uri address, string? token)
    {
        var path = PathOf(place) ?? throw new GatewayException("there is no home directory to keep the token in; --print prints it");
        var tokens = Read(place);
        if (token is null) tokens.Remove(Key(address));
        else tokens[Key(address)] = token;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // A file that was there keeps its mode: a new one takes its place.
        var fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new StreamWriter(fresh, options)) file.Write(tokens.ToJsonString());
        File.Move(fresh, path, overwrite: true);
    }

    static JsonObject Read(GatewayPlace place)
    {
        try
        {
            return PathOf(place) is { } path && File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? [] : [];
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new GatewayException($"{PathOf(place)} cannot be read: {unreadable.Message}");
        }
    }

    static string Key(Uri address) => address.GetLeftPart(UriPartial.Path).TrimEnd('/');

    static string? PathOf(GatewayPlace place) => place.Environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".weir", "tokens.json") : null;
}
