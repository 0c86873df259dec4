using System.Diagnostics;
using System.Globalization;

namespace Weir.Telemetry.Tests;

/// <summary>The promise, against SIGKILL: a process that writes to a ledger is killed at random moments, and nothing that it was promised is missing.</summary>
public sealed class UsageKillTests : IDisposable
{
    const int Rounds = 24;

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-usage-kill");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Nothing_promised_is_lost_when_the_process_is_killed()
    {
        var random = new Random(20260304);
        HashSet<string> promised = [];
        for (var round = 0; round < Rounds; round++)
        {
            // After one promise, and after hundreds: some while a segment is being changed for the next.
            var before = promised.Count;
            await RunUntilKilled(round, random.Next(1, 600), promised);
            Assert.True(promised.Count > before);
        }
        var reader = new UsageReader(_folder.FullName);
        List<string> kept = [.. reader.Read().Select(static record => record.RequestId)];
        Assert.Empty(promised.Except(kept));
        Assert.Equal(0, reader.Damaged);
        Assert.Equal(kept.Count, kept.Distinct().Count());
        Assert.True(reader.Segments >= Rounds);
    }

    async Task RunUntilKilled(int round, int promises, HashSet<string> promised)
    {
        var library = Path.Combine(Path.GetDirectoryName(Environment.ProcessPath)!, "..", "..", "Weir.LedgerWriter", Configuration(), "Weir.LedgerWriter.dll");
        var start = new ProcessStartInfo("dotnet", [library, _folder.FullName, round.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var isKilled = false;
        while (await process.StandardOutput.ReadLineAsync() is { } id)
        {
            promised.Add(id);
            if (isKilled || --promises > 0) continue;
            process.Kill();
            isKilled = true;
        }
        await process.WaitForExitAsync();
        Assert.True(isKilled, $"the writer ended by itself with {process.ExitCode}");
    }

    static string Configuration() => Path.GetFileName(Path.GetDirectoryName(Environment.ProcessPath)!);
}
