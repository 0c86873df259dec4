using Weir.Bench.Load;

// The executable lies in artifacts/bin/Weir.Bench.Load/release of the tree that it measures.
var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));
return await Options.Command(root, RunAsync).Parse(args).InvokeAsync();

async Task<int> RunAsync(Options options, CancellationToken cancel)
{
    var site = Site.Create(root);
    var children = new Stack<Child>();
    try
    {
        children.Push(await Child.StartAsync(Upstream.Prepare(site), cancel));
        var subjects = Choose(options);
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
                var run = subject.Runs[^1];
                Tell($"round {round} {subject.Name}: {run}");
            }
        }

        Console.Write(Report.Markdown(subjects, options));
        Report.WriteJson(subjects, options);
        Tell($"every run is in {options.JsonPath}");
        return subjects.All(static subject => subject.Runs.All(static run => run is { Requests: > 0, Errors: 0 })) ? 0 : 1;
    }
    finally
    {
        while (children.TryPop(out var child))
            await child.DisposeAsync();
        Directory.Delete(site.Folder, recursive: true);
    }
}

static List<Subject> Choose(Options options)
{
    var rows = Row.All.Where(row => options.Rows.Count == 0 || options.Rows.Contains(row.Name)).ToList();
    var references = rows.Select(static row => row.Reference).ToHashSet();
    return
    [
        .. from gateway in Gateway.All
           from row in gateway.Rows
           where gateway.Name == Gateway.Reference
               ? references.Contains(row.Name)
               : rows.Contains(row) && (options.Systems.Count == 0 || options.Systems.Contains(gateway.Name))
           select new Subject(gateway, row),
    ];
}

static void Tell(string progress) => Console.Error.WriteLine("bench: " + progress);
