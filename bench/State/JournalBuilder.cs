using System.Globalization;
using System.Text;
using Weir.Config;
using Weir.Control;

namespace Weir.Bench.State;

/// <summary>Writes a journal as a control plane writes it: the entities have the form that one gave a sample of each.</summary>
sealed class JournalBuilder(IJournal journal, ControlParts parts)
{
    /// <summary>As a script that creates entities would send them.</summary>
    const int ChangesPerTransaction = 20;

    const int RoutesPerService = 100;
    const int Seed = 20;

    readonly Random _random = new(Seed);
    readonly List<Change> _changes = [];
    readonly Queue<Task<bool>> _waiting = [];
    JournalHead _head = journal.Head;

    public async Task<long> RunAsync(int consumers, int routes)
    {
        var samples = Samples();
        var service = Guid.Empty;
        for (var i = 0; i < routes; i++)
        {
            if (i % RoutesPerService == 0)
                service = await AddAsync(ControlKinds.Services, samples[0], ("sample-service", Text($"service-{i / RoutesPerService:D5}")));
            await AddAsync(ControlKinds.Routes, samples[1], ("sample-route", Text($"route-{i:D7}")), (samples[0].Id.ToString(), service.ToString()));
        }
        for (var i = 0; i < consumers; i++)
        {
            var consumer = await AddAsync(ControlKinds.Consumers, samples[2], ("sample-user", Text($"user-{i:D7}")));
            await AddAsync(
                ControlKinds.KeyAuthCredentials, samples[3], ("sample-key-of-32-characters-sample", Text($"{NewId():N}")),
                (samples[2].Id.ToString(), consumer.ToString()));
        }
        await WriteAsync();
        while (_waiting.Count > 0) await _waiting.Dequeue();
        return _head.Revision;
    }

    /// <summary>One entity of each kind, made by a plane.</summary>
    List<Stored> Samples()
    {
        var draft = new Draft(ControlState.Empty, parts);
        var kinds = new[] { ControlKinds.Services, ControlKinds.Routes, ControlKinds.Consumers, ControlKinds.KeyAuthCredentials };
        var bodies = new[]
        {
            """{"name":"sample-service","url":"http://upstream.example:8080/base"}""",
            """{"name":"sample-route","paths":["/sample-route"],"methods":["GET","POST"],"service":{"name":"sample-service"}}""",
            """{"username":"sample-user"}""",
            """{"key":"sample-key-of-32-characters-sample","consumer":{"username":"sample-user"}}""",
        };
        for (var i = 0; i < kinds.Length; i++)
            if (draft.Insert(ControlState.DefaultWorkspace, kinds[i], Body(bodies[i]), out _) is { } refused)
                throw new InvalidOperationException(refused.Message);
        var (changes, refusals) = new DraftCheck(draft, parts).Run();
        if (refusals.Count > 0) throw new InvalidOperationException(refusals[0].Message);
        var samples = kinds.Select(kind => changes.First(change => change.Kind == kind));
        return [.. samples.Select(static change => new Stored(change.Kind, change.Id, change.After!.Value, 1))];
    }

    async Task<Guid> AddAsync(ControlKind kind, Stored sample, params (string Of, string By)[] replaced)
    {
        var id = NewId();
        var json = new StringBuilder(Encoding.UTF8.GetString(sample.Json.Span)).Replace(sample.Id.ToString(), id.ToString());
        foreach (var (of, by) in replaced) json.Replace(of, by);
        _changes.Add(new Change(ControlState.DefaultWorkspace, kind, id, null, Encoding.UTF8.GetBytes(json.ToString())));
        if (_changes.Count >= ChangesPerTransaction) await WriteAsync();
        return id;
    }

    async Task WriteAsync()
    {
        if (_changes.Count == 0) return;
        var transaction = new Transaction(_head.Revision + 1, parts.Time.GetUtcNow(), new Author("bench"), [.. _changes]);
        var record = transaction.ToRecord(_head);
        _head = new JournalHead(record.Revision, record.Hash);
        _waiting.Enqueue(journal.AppendAsync(record, default));
        if (_waiting.Count > 256) await _waiting.Dequeue();
        _changes.Clear();
    }

    static MapNode Body(string json) => (MapNode)JsonText.Read("body", json, new ReadLimits(), new Report(10))!;

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
