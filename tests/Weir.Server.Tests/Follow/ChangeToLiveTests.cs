using System.Globalization;
using System.Text;
using Weir.Control;

namespace Weir.Server.Tests;

/// <summary>
/// How long a change takes to be live on ten gateways that follow, from its being durable. With WEIR_MEASURE_ROUTES=10000 it measures what docs/gateways.md
/// says; otherwise it only shows that it works.
/// </summary>
public sealed class ChangeToLiveTests
{
    const int Gateways = 10;

    [Fact]
    public async Task A_change_goes_live_on_all_gateways()
    {
        var routes = int.TryParse(Environment.GetEnvironmentVariable("WEIR_MEASURE_ROUTES"), CultureInfo.InvariantCulture, out var given) ? given : 100;
        var changes = given > 0 ? 100 : 5;
        await using var control = await LeadingControl.StartAsync();
        await control.CommitAsync(draft => Enumerable.Range(0, routes).Select(i => Insert(draft, i)).FirstOrDefault(static refused => refused is not null));
        var token = await control.TokenAsync(Gateways);
        List<FollowingGateway> gateways = [];
        for (var i = 0; i < Gateways; i++) gateways.Add(await FollowingGateway.StartAsync(control.Address, token, control.Folder("g" + i)));
        List<double> each = [];
        for (var change = 0; change < changes; change++)
        {
            var revision = await control.RouteAsync("m" + (change * 7 % routes), "/n/" + change);
            var durable = TimeProvider.System.GetTimestamp();
            each.AddRange(await Task.WhenAll(gateways.Select(async gateway =>
            {
                await gateway.Home.WaitLiveAsync(revision, TestContext.Current.CancellationToken);
                return TimeProvider.System.GetElapsedTime(durable).TotalMilliseconds;
            })));
        }
        each.Sort();
        var text = new StringBuilder($"{Gateways} gateways, {routes} routes, {changes} changes: ");
        foreach (var share in (double[])[0, 0.5, 0.9, 0.99, 1])
            text.Append(CultureInfo.InvariantCulture, $"p{share * 100:0} {each[(int)((each.Count - 1) * share)]:0.0} ms  ");
        TestContext.Current.TestOutputHelper?.WriteLine(text.ToString());
        var file = Path.Combine(Path.GetTempPath(), "weir-change-to-live.txt");
        if (given > 0) await File.WriteAllTextAsync(file, text.ToString(), TestContext.Current.CancellationToken);
        Assert.Equal(changes * Gateways, each.Count);
        foreach (var gateway in gateways) await gateway.DisposeAsync();
    }

    static Refusal? Insert(Draft draft, int i) => draft.Insert(ControlState.DefaultWorkspace, ControlKinds.Routes,
        LeadingControl.Body($$$"""{"name":"m{{{i}}}","paths":["/m/{{{i}}}"],"service":{"name":"web"}}"""), out _);
}
