using System.Globalization;

namespace Weir.Control;

/// <summary>
/// A keyring as people keep it: a line or, in an environment variable, a comma for each key, <c>id:key</c>, the key being 32 bytes in base64. Lines that begin
/// with <c>#</c> say something to people.
/// </summary>
static class KeyringText
{
    const UnixFileMode OthersMode = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads a keyring from a file that nobody but its owner can read.</summary>
    /// <exception cref="FormatException">Every problem with it, one a line.</exception>
    public static Keyring ReadFile(string path)
    {
        if (!File.Exists(path)) throw new FormatException($"{path}: there is no such file; `weir journal key > {path}` makes one");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMode) is var open && open != UnixFileMode.None)
            throw new FormatException($"{path}: others may use this file ({open}); expected mode 0600: chmod 600 {path}");
        return Read(path, File.ReadAllText(path));
    }

    /// <summary>Reads a keyring.</summary>
    /// <param name="place">Where it stands, for messages. The keys never stand in them.</param>
    /// <param name="text">The keyring.</param>
    /// <exception cref="FormatException">Every problem with it, one a line.</exception>
    public static Keyring Read(string place, string text)
    {
        List<string> problems = [];
        Dictionary<uint, byte[]> keys = [];
        var number = 0;
        foreach (var line in text.Split('\n', ','))
        {
            number++;
            if (line.AsSpan().Trim() is not { Length: > 0 } entry || entry[0] == '#') continue;
            if (ReadKey(entry) is not { } read) problems.Add($"{place}: entry {number}: expected id:key, the id from 1, the key 32 bytes in base64");
            else if (!keys.TryAdd(read.Id, read.Key)) problems.Add($"{place}: entry {number}: there is a key {read.Id} already");
        }
        if (keys.Count == 0 && problems.Count == 0) problems.Add($"{place}: expected at least one key");
        return problems.Count == 0 ? new Keyring(keys) : throw new FormatException(string.Join('\n', problems));
    }

    static (uint Id, byte[] Key)? ReadKey(ReadOnlySpan<char> entry)
    {
        var colon = entry.IndexOf(':');
        if (colon < 0 || !uint.TryParse(entry[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == Keyring.NoKey) return null;
        var key = new byte[Keyring.KeyBytes];
        return Convert.TryFromBase64Chars(entry[(colon + 1)..], key, out var written) && written == key.Length ? (id, key) : null;
    }
}
