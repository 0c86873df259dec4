using System.Text;

namespace Weir.Config;

/// <summary>Finds and reads the files that make up a document.</summary>
static class SourceFiles
{
    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The files at these paths; directories are searched for .yaml, .yml and .json, sorted by name.</summary>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> paths, ReadLimits limits, Report report)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            try
            {
                AddPath(path, files, report);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
            {
                report.Error(new Place(path, 0, 0), "cannot be read: " + unreadable.Message);
            }
        }
        if (files.Count > limits.FilesMax)
        {
            report.Error(new Place(paths[0], 0, 0), $"{files.Count} files found, at most {limits.FilesMax} are read");
            return [];
        }
        return files;
    }

    /// <summary>The text of a file; null when it cannot be read, which is then reported.</summary>
    public static string? Read(string file, ReadLimits limits, Report report)
    {
        try
        {
            var length = new FileInfo(file).Length;
            if (length > limits.FileBytesMax)
                report.Error(new Place(file, 0, 0), $"larger than {limits.FileBytesMax} bytes");
            else
                return StrictUtf8.GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            report.Error(new Place(file, 0, 0), "not UTF-8 text");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            report.Error(new Place(file, 0, 0), "cannot be read: " + unreadable.Message);
        }
        return null;
    }

    static void AddPath(string path, List<string> files, Report report)
    {
        if (!Directory.Exists(path))
        {
            files.Add(path);
            return;
        }
        var before = files.Count;
        files.AddRange(Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(static file => Path.GetExtension(file) is ".yaml" or ".yml" or ".json")
            .Order(StringComparer.Ordinal));
        if (files.Count == before)
            report.Warning(new Place(path, 0, 0), "", "", "the directory has no .yaml, .yml or .json file");
    }
}
