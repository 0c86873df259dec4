using System.Security.Cryptography;

namespace Weir.Control;

/// <summary>The key that checkpoints are signed with, or only its public half to verify them: ECDSA over P-256.</summary>
sealed class CheckpointKey : IDisposable
{
    const int IdBytes = 8;
    const int MillisecondTicks = (int)TimeSpan.TicksPerMillisecond;

    readonly ECDsa _key;

    CheckpointKey(ECDsa key) => _key = key;

    /// <summary>The beginning of the SHA-256 of the public key (SubjectPublicKeyInfo), in hexadecimal digits.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(_key.ExportSubjectPublicKeyInfo()).AsSpan(0, IdBytes));

    /// <summary>The public half, to be given away.</summary>
    public string PublicPem => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>A key from a file; one is made and kept there when it is missing.</summary>
    /// <exception cref="FormatException">The file holds no such key, or others may read it.</exception>
    /// <exception cref="IOException">The file cannot be read or made.</exception>
    public static CheckpointKey OpenFile(string path)
    {
        if (!File.Exists(path))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new StreamWriter(path, options);
            file.WriteLine(made.ExportPkcs8PrivateKeyPem());
        }
        else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
        {
            throw new FormatException($"{path}: others than its owner may read it; its mode must be 0600");
        }
        return Read(path, File.ReadAllText(path));
    }

    /// <summary>A key in PEM form, private or public.</summary>
    /// <exception cref="FormatException">It is none, or of another kind.</exception>
    public static CheckpointKey Read(string place, string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize == 256) return new CheckpointKey(key);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new FormatException($"{place}: expected a PEM file with an EC key over P-256: {unreadable.Message}", unreadable);
        }
        key.Dispose();
        throw new FormatException($"{place}: expected an EC key over P-256, found one of {key.KeySize} bits");
    }

    /// <summary>Signs the end of a journal.</summary>
    public Checkpoint Sign(JournalHead head, DateTimeOffset at)
    {
        // To the millisecond, as it is written.
        var shown = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % MillisecondTicks), TimeSpan.Zero);
        var checkpoint = new Checkpoint(Checkpoint.FormatName, head.Revision, head.HashText, shown, Id, "");
        return checkpoint with { Signature = Convert.ToBase64String(_key.SignData(checkpoint.Signed, HashAlgorithmName.SHA256)) };
    }

    /// <summary>What is wrong with a checkpoint; null when this key has signed it.</summary>
    public string? ProblemOf(Checkpoint checkpoint)
    {
        if (checkpoint.Key != Id) return $"the checkpoint is signed with the key {checkpoint.Key}; this one is {Id}";
        var signature = new byte[64];
        return Convert.TryFromBase64String(checkpoint.Signature, signature, out var length)
            && _key.VerifyData(checkpoint.Signed, signature.AsSpan(0, length), HashAlgorithmName.SHA256)
            ? null : "the signature of the checkpoint does not fit: it was changed, or made up";
    }

    public void Dispose() => _key.Dispose();
}
