using System.Diagnostics;
using System.Text;

namespace Weir.House.Tests;

/// <summary>The files of the working copy that git tracks or would track.</summary>
static class Tree
{
    static readonly Lazy<string[]> AllPaths = new(ListPaths);
    static readonly Lazy<SourceFile[]> AllTexts = new(() => [.. Paths.Where(IsText).Select(Read)]);

    public static string Root { get; } = FindRoot();

    /// <summary>Paths from the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Paths => AllPaths.Value;

    /// <summary>Everything people write: code, project files, scripts and documents.</summary>
    public static IReadOnlyList<SourceFile> Texts => AllTexts.Value;

    public static IEnumerable<SourceFile> CSharp => Texts.Where(static file => file.IsCSharp);

    public static IEnumerable<SourceFile> Code => Texts.Where(static file => file.IsCode);

    public static IEnumerable<SourceFile> Projects => Texts.Where(static file => file.Path.EndsWith(".csproj", StringComparison.Ordinal));

    public static byte[] Bytes(string path) => File.ReadAllBytes(Path.Combine(Root, path));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    static SourceFile Read(string path) => new(path, Encoding.UTF8.GetString(Bytes(path)));

    /// <summary>What tests read as input is not ours to format or to word, so only known kinds count, and no document under tests/.</summary>
    static bool IsText(string path) => Path.GetExtension(path) switch
    {
        ".cs" or ".csproj" or ".props" or ".targets" or ".slnx" or ".sh" => true,
        ".md" => !path.StartsWith("tests/", StringComparison.Ordinal),
        "" => Bytes(path).AsSpan().StartsWith("#!"u8),
        _ => false,
    };

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Weir.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no Weir.slnx above {AppContext.BaseDirectory}");
    }

    static string[] ListPaths()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start");
        var listed = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        if (git.ExitCode != 0)
            throw new InvalidOperationException($"git ls-files ended with {git.ExitCode}: the house tests read a git working copy");

        // A file that is deleted but not yet committed is still listed.
        return [.. listed.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(Exists).Order(StringComparer.Ordinal)];
    }
}
