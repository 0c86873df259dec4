using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Weir.Control;

/// <summary>
/// The keys that seal what a journal keeps (AES-256-GCM). New records take the key with the highest id; older ones still open with theirs.
/// </summary>
sealed class Keyring : IDisposable
{
    public const int KeyBytes = 32;
    public const int NonceBytes = 12;
    public const int TagBytes = 16;

    /// <summary>The id of what is not sealed.</summary>
    public const uint NoKey = 0;

    // Not ciphers: one of them keeps state between calls, and appends, reads and snapshots go on at the same time.
    readonly SortedDictionary<uint, byte[]> _keys = [];

    /// <param name="keys">Keys of 32 bytes, by id; ids start at 1.</param>
    public Keyring(IReadOnlyDictionary<uint, byte[]> keys)
    {
        if (keys.Count == 0) throw new ArgumentException("A keyring has at least one key.", nameof(keys));
        foreach (var (id, key) in keys)
        {
            if (id == NoKey || key.Length != KeyBytes) throw new ArgumentException($"Key {id}: expected an id from 1 and {KeyBytes} bytes.", nameof(keys));
            _keys[id] = [.. key];
        }
        Newest = keys.Keys.Max();
    }

    /// <summary>The id of the key that seals.</summary>
    public uint Newest { get; }

    /// <summary>Bytes that something sealed takes.</summary>
    public static int SealedBytes(int length) => NonceBytes + length + TagBytes;

    /// <summary>Seals with the newest key: a nonce, the ciphertext, a tag that also vouches for the context.</summary>
    /// <param name="content">What is sealed.</param>
    /// <param name="context">What has to be the same when it is opened.</param>
    /// <param name="into">Takes <see cref="SealedBytes"/>.</param>
    public void Seal(ReadOnlySpan<byte> content, ReadOnlySpan<byte> context, Span<byte> into)
    {
        // Random, because a revision may be written twice: with another payload, after the first was taken back.
        var nonce = into[..NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_keys[Newest], TagBytes);
        cipher.Encrypt(nonce, content, into.Slice(NonceBytes, content.Length), into[(NonceBytes + content.Length)..], context);
    }

    /// <summary>Opens what a key sealed; null when the key or the context is another one, or the content was changed.</summary>
    /// <exception cref="JournalUnusableException">The keyring has no such key.</exception>
    public byte[]? Open(uint id, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> context)
    {
        if (!_keys.TryGetValue(id, out var key)) throw Missing(id, _keys.Keys);
        if (bytes.Length < SealedBytes(0)) return null;
        var content = new byte[bytes.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(bytes[..NonceBytes], bytes[NonceBytes..^TagBytes], bytes[^TagBytes..], content, context);
            return content;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Opens with a keyring that may be none.</summary>
    public static byte[]? Open(Keyring? keys, uint id, byte[] bytes, ReadOnlySpan<byte> context)
    {
        if (id == NoKey) return bytes;
        return (keys ?? throw Missing(id, [])).Open(id, bytes, context);
    }

    /// <summary>What a record's seal vouches for: it cannot stand at another revision.</summary>
    public static void WriteContext(Span<byte> context, long revision, uint key)
    {
        BinaryPrimitives.WriteInt64LittleEndian(context, revision);
        BinaryPrimitives.WriteUInt32LittleEndian(context[sizeof(long)..], key);
    }

    public const int ContextBytes = sizeof(long) + sizeof(uint);

    public void Dispose()
    {
        foreach (var key in _keys.Values) CryptographicOperations.ZeroMemory(key);
    }

    static JournalUnusableException Missing(uint id, IEnumerable<uint> have)
    {
        var ids = string.Join(", ", have);
        return new JournalUnusableException($"the journal is sealed with key {id}; {(ids.Length == 0 ? "there is no keyring" : $"the keyring has {ids}")}");
    }
}
