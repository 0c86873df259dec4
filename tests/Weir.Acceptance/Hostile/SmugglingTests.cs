using System.Collections.Concurrent;
using System.Globalization;

namespace Weir.Acceptance;

/// <summary>Whatever the spelling of the framing, an upstream sees the requests that the gateway answered, and no other.</summary>
public sealed class SmugglingTests(ITestOutputHelper output)
{
    const string End = "GET /end HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n";
    const string Marker = "GET /smuggled HTTP/1.1\r\nHost: gateway\r\n\r\n";

    static readonly ParallelOptions Lanes = new() { MaxDegreeOfParallelism = 32 };

    /// <summary>The marker as content of one chunk.</summary>
    static readonly string Chunks = string.Create(CultureInfo.InvariantCulture, $"{Marker.Length:x}\r\n{Marker}\r\n0\r\n\r\n");

    /// <summary>Requests around one spelling: both framings the one way and the other, and the spelling alone.</summary>
    static readonly (string Name, Func<string, string> Request)[] Variants =
    [
        ("CL first", static header =>
            Post(header, string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Marker.Length + 5}\r\n"), "0\r\n\r\n" + Marker)),
        ("CL short", static header => Post(header, "Content-Length: 4\r\n", Chunks)),
        ("alone", static header => Post(header, "", Chunks)),
    ];

    [Fact]
    public async Task No_spelling_of_transfer_encoding_carries_a_second_request_upstream()
    {
        await using var rig = await HostileRig.StartAsync();
        var tally = new Tally();
        await Parallel.ForEachAsync(SmugglingCorpus.Mutations, Lanes, async (mutation, _) =>
        {
            foreach (var (name, request) in Variants)
                tally.Add(name, $"{mutation.Id} ({name})", Judge(name, await rig.SendAsync(request(mutation.Header) + End)));
        });
        Conclude(rig, tally);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_request_of_a_parsers_tests_is_taken_for_another(bool withHost)
    {
        await using var rig = await HostileRig.StartAsync();
        var tally = new Tally();
        await Parallel.ForEachAsync(SmugglingCorpus.Requests, Lanes, async (sample, _) =>
        {
            var outcome = await rig.SendAsync(withHost ? WithHost(sample.Request) : sample.Request);
            tally.Add(sample.IsAccepted ? "valid" : "invalid", sample.Id, JudgeSample(sample.Id, sample.IsAccepted, outcome));
        });
        Conclude(rig, tally);
    }

    void Conclude(HostileRig rig, Tally tally)
    {
        output.WriteLine(tally.ToString());
        foreach (var incomplete in rig.Upstream.Incomplete.Take(5))
            output.WriteLine("left incomplete at the upstream: " + incomplete.ReplaceLineEndings("\\r\\n"));
        Assert.Empty(tally.Wrong);
        Assert.Empty(rig.Problems);
        Assert.Empty(rig.Unanswered);
        Assert.True(!rig.Gateway.Log.Errors.Any(), string.Join('\n', rig.Gateway.Log.Errors));
    }

    static Judgement Judge(string variant, HostileOutcome outcome) => outcome switch
    {
        { IsRefused: true } => Judgement.Refused,
        // The header meant nothing to the gateway, and nothing of it came upstream; the length did: what it leaves out is a request of the client's own.
        { IsClosed: true, Answers: [{ Status: 200 }, { Status: 200 }] } when variant != "CL short" => Judgement.Clean,
        { IsClosed: true, Answers: [{ Status: 200 }, { Status: 200 }, { Status: 400 }] } when variant == "CL short" => Judgement.CleanThenRefused,
        { IsClosed: true, Answers: [{ Status: 200 }, { Status: 400 }] } => Judgement.CleanThenRefused,
        _ => Judgement.Wrong(outcome),
    };

    /// <summary>A request that breaks the grammar must not be answered, unless it is one of those that only that parser minds.</summary>
    static Judgement JudgeSample(string id, bool isAccepted, HostileOutcome outcome) => outcome switch
    {
        { IsRefused: true } => Judgement.Refused,
        { Answers: [] } => Judgement.Incomplete,
        _ when outcome.Answers.Any(static answer => answer.Status is > 500 and not 505) => Judgement.Wrong(outcome),
        _ when isAccepted || IsMindedElsewhere(id) => outcome.IsClosed ? Judgement.CleanThenRefused : Judgement.Clean,
        _ when outcome.IsClosed && outcome.Answers[^1].Status == 400 => Judgement.CleanThenRefused,
        _ => Judgement.Wrong(outcome),
    };

    /// <summary>
    /// An upgrade ends a message for that parser, and the gateway reads on, since it does not upgrade to these protocols. What follows an HTTP/1.0 request is
    /// an error there, and nothing here, where the connection has ended. It knows which methods belong to which protocol; a gateway takes them all.
    /// </summary>
    static bool IsMindedElsewhere(string id) =>
        id.Contains("Upgrade", StringComparison.Ordinal) || id.Contains("pausing", StringComparison.Ordinal)
        || id.Contains("Resetting flags", StringComparison.Ordinal)
        || id.Contains("ANNOUNCE", StringComparison.Ordinal);

    static string Post(string header, string length, string body) => $"POST /case HTTP/1.1\r\nHost: gateway\r\n{length}{header}\r\n\r\n{body}";

    /// <summary>Most samples have no Host and would be refused for that alone.</summary>
    static string WithHost(string request)
    {
        var line = request.IndexOf("HTTP/1.1\r\n", StringComparison.Ordinal);
        return line < 0 || request.Contains("\r\nHost:", StringComparison.OrdinalIgnoreCase) ? request : request.Insert(line + 10, "Host: gateway\r\n");
    }
}

/// <summary>The verdict on one case.</summary>
/// <param name="Text">Its row in the table.</param>
/// <param name="IsWrong">It should not have come to this.</param>
readonly record struct Judgement(string Text, bool IsWrong = false)
{
    public static readonly Judgement Refused = new("refused");
    public static readonly Judgement Clean = new("one clean request");
    public static readonly Judgement CleanThenRefused = new("clean, the rest refused");
    public static readonly Judgement Incomplete = new("waited for the rest");

    public static Judgement Wrong(HostileOutcome outcome) => new(outcome.ToString(), true);
}

/// <summary>Counts verdicts and shows them as a table.</summary>
sealed class Tally
{
    readonly ConcurrentQueue<(string Group, string Id, Judgement Judgement)> _rows = [];

    public IEnumerable<string> Wrong => _rows.Where(static row => row.Judgement.IsWrong).Select(static row => $"{row.Id}: {row.Judgement.Text}");

    public void Add(string group, string id, Judgement judgement) => _rows.Enqueue((group, id, judgement));

    public override string ToString() => string.Join('\n', _rows.GroupBy(static row => row.Group).OrderBy(static group => group.Key, StringComparer.Ordinal)
        .Select(static group => $"{group.Key}: {group.Count()} cases, " + string.Join(", ", group
            .GroupBy(static row => row.Judgement.IsWrong ? "WRONG" : row.Judgement.Text)
            .OrderBy(static kind => kind.Key, StringComparer.Ordinal).Select(static kind => $"{kind.Count()} {kind.Key}"))));
}
