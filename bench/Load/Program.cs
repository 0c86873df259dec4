using Weir.Bench.Load;

// The executable lies in artifacts/bin/Weir.Bench.Load/release of the tree that it measures.
var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));
return await Options.Command(root, RunAsync).Parse(args).InvokeAsync();

async Task<int> RunAsync(Options options, CancellationToken cancel)
{
    var site = Site.Create(root, options.WeirPath);
    var children = new Stack<Child>();
    try
    {
        var gateways = Gateway.Chosen(options.Systems);
        foreach (var gateway in gateways)
            await gateway.RequireAsync(site, cancel);
        children.Push(await Child.StartAsync(Upstream.Prepare(site), cancel));
        children.Push(await Child.StartAsync(PacedUpstream.Prepare(site), cancel));
        WeirGateway[] weirs = [.. gateways.OfType<WeirGateway>()];
        if (options.SoakMinutes > 0)
            return await Soak.RunAsync(weirs, site, options, cancel);
        return options.IdleConnections > 0
            ? await Idle.RunAsync(weirs, site, options, cancel)
            : await Comparison.RunAsync(gateways, site, options, children, cancel);
    }
    catch (GatewayMissingException missing)
    {
        Console.Error.WriteLine("bench: " + missing.Message);
        return 2;
    }
    finally
    {
        while (children.TryPop(out var child))
            await child.DisposeAsync();
        Directory.Delete(site.Folder, recursive: true);
    }
}
