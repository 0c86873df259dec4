using System.Security.Cryptography;
using Weir.Config;

namespace Weir.Ai;

/// <summary>Where the price book comes from.</summary>
sealed record PriceBookSettings
{
    /// <summary>Files, the weakest first: a later one wins wherever it says anything about a model.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Public key in PEM that the files must be signed with; null for none.</summary>
    public string? PublicKeyPem { get; init; }

    /// <summary>Files without a signature are accepted. A wrong signature never is.</summary>
    public bool AcceptUnsigned { get; init; }
}

/// <summary>The price book in use. A reload that finds any problem changes nothing: the last good book stays.</summary>
sealed class PriceBookFiles(PriceBookSettings settings)
{
    /// <summary>Largest file; ten thousand models fit.</summary>
    public const long FileBytesMax = 16L << 20;

    PriceBook _current = PriceBook.Empty;

    /// <summary>The last good book; empty before the first.</summary>
    public PriceBook Current => Volatile.Read(ref _current);

    /// <summary>Reads all files anew. Returns the problems; with an error among them the book in use stays.</summary>
    public IReadOnlyList<Problem> Reload()
    {
        List<Problem> problems = [];
        List<PriceLayer> layers = [];
        using var key = Key(problems);
        foreach (var file in settings.Files)
        {
            if (Layer(file, key, problems) is not { } layer) continue;
            if (layers.Count > 0 && layer.Currency != layers[0].Currency)
                problems.Add(Error(file, $"its currency is {layer.Currency}, that of {layers[0].Source} is {layers[0].Currency}; all must have the same"));
            layers.Add(layer);
        }
        if (!problems.Exists(static problem => problem.Severity == Severity.Error)) Volatile.Write(ref _current, new PriceBook(layers));
        return problems;
    }

    ECDsa? Key(List<Problem> problems)
    {
        if (settings.PublicKeyPem is not { } pem) return null;
        var key = PriceSignature.ReadKey(pem);
        if (key is null) problems.Add(Error("public key", "expected a public key on the curve P-256 in PEM"));
        return key;
    }

    PriceLayer? Layer(string file, ECDsa? key, List<Problem> problems)
    {
        if (ReadBytes(file, problems) is not { } bytes || !IsTrusted(file, bytes, key, problems)) return null;
        if (PriceSignature.Text(bytes) is not { } text)
        {
            problems.Add(Error(file, "is not UTF-8 text"));
            return null;
        }
        var (layer, found) = PriceFileReader.Read(file, text);
        problems.AddRange(found);
        return layer;
    }

    bool IsTrusted(string file, byte[] bytes, ECDsa? key, List<Problem> problems)
    {
        var signature = file + PriceSignature.FileSuffix;
        if (File.Exists(signature) && key is not null)
        {
            if (ReadBytes(signature, problems) is not { } text) return false;
            if (PriceSignature.Text(text) is { } read && PriceSignature.IsValid(bytes, read, key)) return true;
            problems.Add(Error(signature, $"is not a signature of {file} by the configured key"));
            return false;
        }
        if (settings.AcceptUnsigned) return true;
        problems.Add(Error(file, key is null
            ? "no public key is configured to check its signature with; configure one, or accept unsigned files"
            : $"has no signature ({signature}); sign it, or accept unsigned files"));
        return false;
    }

    static byte[]? ReadBytes(string file, List<Problem> problems)
    {
        try
        {
            if (new FileInfo(file).Length <= FileBytesMax) return File.ReadAllBytes(file);
            problems.Add(Error(file, $"is larger than {FileBytesMax} bytes"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(Error(file, exception.Message));
        }
        return null;
    }

    static Problem Error(string file, string message) => new(Severity.Error, new Place(file, 0, 0), "", "", message);
}
