using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary>What commands on a journal share: where it is, its keyring, and where they write.</summary>
sealed record JournalConsole(TextWriter Output, TextWriter Error)
{
    public const int BrokenExit = 1;
    public const int RefusedExit = 2;

    const string KeysVariable = "WEIR_JOURNAL_KEYS";

    public static Argument<string> Place { get; } = new("JOURNAL") { Description = "Folder of the journal, or postgres://user@host/database." };

    public static Option<string?> Keys { get; } = new("--keys")
    {
        Description = $"File with the keyring of a sealed journal, mode 0600. Without it the variable {KeysVariable} counts.",
        HelpName = "file",
    };

    public Task<int> ReadAsync(ParseResult result, string command, Func<StoredJournal, Task<int>> work, CancellationToken cancellation) =>
        TryAsync(result, command, async keys =>
        {
            await using var journal = await StoredJournal.OpenAsync(result.GetValue(Place)!, keys, cancellation);
            return await work(journal);
        });

    /// <summary>Runs with the keyring, and says in one line what went wrong.</summary>
    public async Task<int> TryAsync(ParseResult result, string command, Func<Keyring?, Task<int>> work)
    {
        try
        {
            using var keys = ReadKeys(result.GetValue(Keys));
            return await work(keys);
        }
        catch (Exception problem) when (problem is FormatException or IOException or UnauthorizedAccessException or Npgsql.NpgsqlException)
        {
            foreach (var line in problem.Message.Split('\n')) Error.WriteLine($"weir {command}: {line}");
            return problem is JournalBrokenException ? BrokenExit : RefusedExit;
        }
    }

    static Keyring? ReadKeys(string? file)
    {
        if (file is not null) return KeyringText.ReadFile(file);
        return Environment.GetEnvironmentVariable(KeysVariable) is { Length: > 0 } text ? KeyringText.Read(KeysVariable, text) : null;
    }
}
