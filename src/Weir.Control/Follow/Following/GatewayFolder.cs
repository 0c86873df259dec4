using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>
/// The folder of a gateway that follows. What is in it is sealed (AES-256-GCM) and replaced whole: a file is the one before or the one after, never half of it.
/// A sealed file: <c>WGF1</c>, the key's id (4), CRC-32C of the rest (4), then what <see cref="Keyring.Seal"/> makes.
/// </summary>
sealed class GatewayFolder : IDisposable
{
    public const string KeyFileName = "keyring";

    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const int KeyAt = 4;
    const int SumAt = 8;
    const int HeaderBytes = 12;

    readonly string _path;
    readonly Keyring _keys;

    GatewayFolder(string path, Keyring keys) => (_path, _keys) = (path, keys);

    static ReadOnlySpan<byte> Magic => "WGF1"u8;

    /// <summary>Opens the folder; makes it, and a key in it, when they are missing.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="keys">The keys, which the folder then owns; null for one of its own, in the folder.</param>
    /// <exception cref="FormatException">The keys cannot be read.</exception>
    public static GatewayFolder Open(string path, Keyring? keys)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        if (keys is not null) return new GatewayFolder(path, keys);
        var own = Path.Combine(path, KeyFileName);
        if (!File.Exists(own)) Replace(own, System.Text.Encoding.ASCII.GetBytes(NewKey()));
        return new GatewayFolder(path, KeyringText.ReadFile(own));
    }

    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>The content of a file; null when there is none.</summary>
    /// <exception cref="JournalUnusableException">It is sealed with a key that is not there.</exception>
    /// <exception cref="IOException">It cannot be read, or was changed.</exception>
    public byte[]? ReadSealed(string name, ReadOnlySpan<byte> context)
    {
        var path = PathOf(name);
        if (!File.Exists(path)) return null;
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < HeaderBytes || !bytes.AsSpan().StartsWith(Magic)) throw new IOException($"{path} is no file of a gateway");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(SumAt)) != Crc32C.Of(bytes.AsSpan(HeaderBytes))) throw new IOException($"{path} is damaged");
        var key = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(KeyAt));
        return _keys.Open(key, bytes.AsSpan(HeaderBytes), context)
            ?? throw new IOException($"{path} cannot be opened with key {key}: it was changed, or the key is another one");
    }

    /// <summary>Puts a file in the place of the one before.</summary>
    public void WriteSealed(string name, ReadOnlySpan<byte> content, ReadOnlySpan<byte> context)
    {
        var bytes = new byte[HeaderBytes + Keyring.SealedBytes(content.Length)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(KeyAt), _keys.Newest);
        _keys.Seal(content, context, bytes.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(SumAt), Crc32C.Of(bytes.AsSpan(HeaderBytes)));
        Replace(PathOf(name), bytes);
    }

    public void Dispose() => _keys.Dispose();

    static string NewKey() => $"1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(Keyring.KeyBytes))}\n";

    static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var next = path + ".next";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(next, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
    }
}
