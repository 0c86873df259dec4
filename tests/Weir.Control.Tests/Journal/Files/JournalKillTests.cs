using System.Diagnostics;
using System.Globalization;

namespace Weir.Control.Tests;

/// <summary>The promise, against SIGKILL: a process that appends to a journal is killed at random moments; nothing that it was promised is missing.</summary>
public sealed class JournalKillTests
{
    const int Kills = 200;
    const int Journals = 4;

    [Fact]
    public async Task Nothing_promised_is_lost_in_200_kills()
    {
        var random = new Random(20261120);
        // Each journal is killed again and again, so that recoveries stand on recoveries. Every other one is sealed.
        var seeds = Enumerable.Range(0, Journals).Select(_ => random.Next()).ToArray();
        await Task.WhenAll(seeds.Select(static (seed, number) => KillAgainAndAgain(seed, number % 2 == 0 ? null : KeyText(number))));
    }

    static string KeyText(int number) => "1:" + Convert.ToBase64String(Enumerable.Repeat((byte)number, Keyring.KeyBytes).ToArray());

    static async Task KillAgainAndAgain(int seed, string? key)
    {
        using var box = new JournalBox();
        if (key is not null) box.Settings = box.Settings with { Keys = KeyringText.Read("key", key) };
        var random = new Random(seed);
        Dictionary<long, string> promised = [];
        for (var round = 0; round < Kills / Journals; round++)
        {
            var before = promised.Count;
            // Right after a promise, or some instant later.
            await RunUntilKilled(box.Folder, random.Next(), key, random.Next(1, 400), random.Next(3000), promised);
            Assert.True(promised.Count > before);
        }
        await using var journal = box.Open();
        var kept = (await journal.ReadAllAsync()).ToDictionary(static record => record.Revision, static record => Convert.ToHexStringLower(record.Hash.Span));
        Assert.DoesNotContain(promised, promise => kept.GetValueOrDefault(promise.Key) != promise.Value);
        Assert.Equal(kept.Count, journal.Head.Revision);
        Assert.NotNull(await journal.OpenSnapshotAsync(long.MaxValue, TestContext.Current.CancellationToken));
    }

    static async Task RunUntilKilled(string folder, int seed, string? key, int promises, int spins, Dictionary<long, string> promised)
    {
        var place = Path.GetDirectoryName(Environment.ProcessPath)!;
        var library = Path.Combine(place, "..", "..", "Weir.JournalWriter", Path.GetFileName(place), "Weir.JournalWriter.dll");
        string[] arguments = [library, folder, seed.ToString(CultureInfo.InvariantCulture), .. key is null ? Array.Empty<string>() : [key]];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var isKilled = false;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may have been cut off by the kill: then its record was not promised.
            if (line.Split(' ') is [var revision, { Length: 64 } hash]) promised[long.Parse(revision, CultureInfo.InvariantCulture)] = hash;
            if (isKilled || --promises > 0) continue;
            Thread.SpinWait(spins);
            process.Kill();
            isKilled = true;
        }
        await process.WaitForExitAsync();
        Assert.True(isKilled, $"the writer ended by itself with {process.ExitCode}");
    }
}
