namespace Weir.Bench.Load;

/// <summary>The tables: every gateway in every row, in interleaved rounds.</summary>
static class Comparison
{
    /// <summary>The exit code. What it starts is pushed onto <paramref name="children"/>, for the caller to end.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<Gateway> gateways, Site site, Options options, Stack<Child> children, CancellationToken cancel)
    {
        var subjects = Choose(gateways, options);
        foreach (var subject in subjects)
        {
            Tell($"starting {subject.Name}");
            children.Push(await subject.StartAsync(site, options.Starts, cancel));
        }

        foreach (var subject in subjects)
        {
            Tell($"warming {subject.Name}");
            await subject.WarmUpAsync(site, options, cancel);
        }

        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var subject in round % 2 == 1 ? subjects : subjects.AsEnumerable().Reverse())
            {
                await subject.MeasureAsync(round, site, options, cancel);
                Tell($"round {round} {subject.Name}: {subject.Runs[^1]}");
            }
        }

        Console.Write(Report.Markdown(subjects, options));
        Report.WriteJson(subjects, options);
        Tell($"every run is in {options.JsonPath}");
        return subjects.All(static subject => subject.Runs.All(static run => run is { Requests: > 0, Errors: 0 })) ? 0 : 1;
    }

    static List<Subject> Choose(IReadOnlyList<Gateway> gateways, Options options)
    {
        var rows = Row.All.Where(row => options.Rows.Count == 0 || options.Rows.Contains(row.Name)).ToList();
        var references = rows.Select(static row => row.Reference).ToHashSet();
        return
        [
            .. from gateway in gateways
               from row in gateway.Rows
               where gateway.Name == Gateway.Reference ? references.Contains(row.Name) : rows.Contains(row)
               select new Subject(gateway, row),
        ];
    }

    static void Tell(string progress) => Console.Error.WriteLine("bench: " + progress);
}
