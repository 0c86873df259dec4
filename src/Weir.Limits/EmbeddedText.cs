namespace Weir.Limits;

/// <summary>Scripts that other programs run, kept in files of their own language.</summary>
static class EmbeddedText
{
    public static string Read(string path)
    {
        using var stream = typeof(EmbeddedText).Assembly.GetManifestResourceStream(path)
            ?? throw new InvalidOperationException($"The assembly has no text '{path}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
