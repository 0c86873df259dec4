using System.Diagnostics;
using System.Text.Json;

namespace Weir.Ai.Tests;

/// <summary>The encoder and its vocabularies against the npm package itself. Skipped where there is no node or no registry.</summary>
public sealed class LiveTokenTests : IDisposable
{
    const string Package = "js-tiktoken@1.0.21";
    const int Texts = 600;
    const int TextScrapsMax = 60;

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-tokens");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Random_texts_have_the_tokens_of_the_package()
    {
        var package = await InstallAsync();
        var texts = RandomTexts();
        var (_, output) = await RunAsync("node", JsonSerializer.Serialize(texts), Path.Combine(TokenCase.Folder, "make-cases.mjs"), package, "-");
        var cases = TokenCase.Read(output);
        Assert.Equal(Texts, cases.Count);
        var (o200k, cl100k) = (await Vocabularies.O200kAsync(), await Vocabularies.Cl100kAsync());
        foreach (var (text, inO200k, inCl100k) in cases)
        {
            Assert.Equal(inO200k, o200k.Encode(text));
            Assert.Equal(inCl100k, cl100k.Encode(text));
        }
    }

    [Fact]
    public async Task The_vocabularies_in_the_tree_are_those_of_the_package()
    {
        var package = await InstallAsync();
        var folder = Path.Combine(TokenCase.Folder, "..", "..", "..", "src", "Weir.Ai", "Tokens", "Vocabularies");
        var (code, output) = await RunAsync("node", "", Path.Combine(folder, "make.mjs"), package, _folder.FullName);
        Assert.True(code == 0, output);
        foreach (var name in (string[])["o200k_base.txt", "cl100k_base.txt"])
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder, name)), await File.ReadAllTextAsync(Path.Combine(_folder.FullName, name)));
    }

    async Task<string> InstallAsync()
    {
        var installed = false;
        try
        {
            // Without a network npm would try for minutes.
            string[] patience = ["--fetch-retries=0", "--fetch-timeout=20000"];
            var (code, _) = await RunAsync("npm", "", ["install", "--silent", "--no-audit", "--no-fund", .. patience, "--prefix", _folder.FullName, Package]);
            installed = code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no npm.
        }
        Assert.SkipUnless(installed, $"{Package} cannot be installed here");
        return Path.Combine(_folder.FullName, "node_modules", "js-tiktoken");
    }

    static string[] RandomTexts()
    {
        // Whole code points of every block that the two runtimes classify alike, and pieces of real text between them.
        var random = new Random(4711);
        string[] pieces = [.. TokenCase.Stored.Select(static each => each.Text).Where(static text => text.Length is > 0 and < 60)];
        return [.. Enumerable.Range(0, Texts).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, TextScrapsMax)).Select(_ => random.Next(3) switch
        {
            0 => pieces[random.Next(pieces.Length)],
            1 => ((char)random.Next(0x20, 0x7f)).ToString(),
            _ => char.ConvertFromUtf32(random.Next(2) == 0 ? random.Next(0xa1, 0x1000) : random.Next(0x3040, 0xa000)),
        })))];
    }

    static async Task<(int Code, string Output)> RunAsync(string program, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var reading = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await reading);
    }
}
