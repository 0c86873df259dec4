using System.Globalization;

namespace Weir.Acceptance;

/// <summary>A whole gateway in front of an upstream that records, and a client that sends what it likes.</summary>
sealed class HostileRig : IAsyncDisposable
{
    /// <summary>A client that has sent less than it announced waits for nothing: the gateway waits for it.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    readonly HashSet<int> _answered = [];

    HostileRig(RecordingUpstream upstream, TestGateway gateway) => (Upstream, Gateway) = (upstream, gateway);

    public RecordingUpstream Upstream { get; }

    public TestGateway Gateway { get; }

    public static async Task<HostileRig> StartAsync()
    {
        var upstream = new RecordingUpstream();
        var gateway = await TestGateway.StartAsync($"""
            _format_version: "3.0"
            services:
            - name: recorder
              url: http://127.0.0.1:{upstream.Port}
              retries: 0
              routes:
              - name: all
                paths: [/]
                strip_path: false
            """);
        return new HostileRig(upstream, gateway);
    }

    /// <summary>Sends the bytes and reads answers until the gateway closes the connection, or waits for more.</summary>
    public async Task<HostileOutcome> SendAsync(string bytes)
    {
        await using var client = await Gateway.ConnectAsync();
        var answers = new List<RawAnswer>();
        try
        {
            await client.SendAsync(bytes);
            while (await client.ReadAnswerAsync(isHead: bytes.StartsWith("HEAD", StringComparison.Ordinal)).WaitAsync(Patience) is { } answer)
            {
                if (answer.Status != 100) answers.Add(answer);
                if (answer.Header("Seen") is not { } number) continue;
                lock (_answered) _answered.Add(int.Parse(number, CultureInfo.InvariantCulture));
            }
        }
        catch (TimeoutException)
        {
            return new HostileOutcome(answers, IsClosed: false);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The gateway closed while the rest was still being sent.
        }
        return new HostileOutcome(answers, IsClosed: true);
    }

    /// <summary>Requests that the upstream took for complete and that no client got an answer to.</summary>
    public IEnumerable<SeenRequest> Unanswered => Upstream.Seen.Where(pair => !_answered.Contains(pair.Key)).Select(static pair => pair.Value);

    /// <summary>What the upstream should never have been sent.</summary>
    public IEnumerable<string> Problems => Upstream.Seen.Values.Where(static seen => seen.Problems.Count > 0)
        .Select(static seen => string.Join("; ", seen.Problems) + "\n" + seen.Head);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}

/// <summary>What came of bytes sent to the gateway.</summary>
/// <param name="Answers">Final answers in order.</param>
/// <param name="IsClosed">The gateway closed the connection; otherwise it waits for more.</param>
sealed record HostileOutcome(IReadOnlyList<RawAnswer> Answers, bool IsClosed)
{
    public IEnumerable<int> Statuses => Answers.Select(static answer => answer.Status);

    /// <summary>Not one request got through, and nothing more will on this connection.</summary>
    public bool IsRefused => IsClosed && Answers is ([] or [{ Status: (>= 400 and < 500) or 505 }]);

    public override string ToString() => $"[{string.Join(' ', Statuses)}]{(IsClosed ? " closed" : " waits")}";
}
