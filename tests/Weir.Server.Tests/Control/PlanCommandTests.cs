using System.Text.Json.Nodes;

namespace Weir.Server.Tests;

/// <summary>Plans, drift, history and the way back, as commands.</summary>
public sealed class PlanCommandTests
{
    const string First = "_format_version: \"3.0\"\nservices:\n- name: orders\n  host: first.example\n";
    const string Second = "_format_version: \"3.0\"\nservices:\n- name: orders\n  host: second.example\n";

    [Fact]
    public async Task A_plan_is_applied_as_it_is()
    {
        await using var server = await ControlServer.StartAsync();
        var plan = server.PathOf("plan.json");
        var planned = await server.RunAsync("plan", server.File(First), "-o", plan);
        Assert.Equal(0, planned.Code);
        Assert.Contains("creating service orders\n", planned.Output);
        Assert.Equal(0, server.Plane.Current.Revision);
        var applied = await server.RunAsync("apply", plan);
        Assert.Equal((0, planned.Output), (applied.Code, applied.Output));
        Assert.Equal(1, server.Plane.Current.Revision);
    }

    [Fact]
    public async Task A_plan_is_refused_when_the_state_has_moved()
    {
        await using var server = await ControlServer.StartAsync();
        var plan = server.PathOf("plan.json");
        await server.RunAsync("plan", server.File(First), "-o", plan);
        await server.RunAsync("gateway", "sync", server.File(Second));
        var applied = await server.RunAsync("apply", plan);
        Assert.Equal(1, applied.Code);
        Assert.Contains("the state has moved: revision 0 was expected, 1 is current", applied.Error);
        Assert.Equal(1, server.Plane.Current.Revision);
    }

    [Fact]
    public async Task A_plan_that_was_changed_is_refused()
    {
        await using var server = await ControlServer.StartAsync();
        var plan = server.PathOf("plan.json");
        await server.RunAsync("plan", server.File(First), "-o", plan);
        File.WriteAllText(plan, File.ReadAllText(plan).Replace("first.example", "evil.example", StringComparison.Ordinal));
        var applied = await server.RunAsync("apply", plan);
        Assert.Equal(1, applied.Code);
        Assert.Contains("the plan is not the one that was agreed to", applied.Error);
        Assert.Equal(0, server.Plane.Current.Revision);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("""{"plan_format":2,"request":{}}""")]
    public async Task What_is_no_plan_is_told(string text)
    {
        await using var server = await ControlServer.StartAsync();
        var ran = await server.RunAsync("apply", server.File(text, "plan.json"));
        Assert.Equal(1, ran.Code);
        Assert.Contains("is no plan", ran.Error);
    }

    [Fact]
    public async Task Drift_is_exit_code_2()
    {
        await using var server = await ControlServer.StartAsync();
        await server.RunAsync("gateway", "sync", server.File(First));
        var none = await server.RunAsync("drift", server.File(First));
        Assert.Equal((0, "no drift: the workspace is what the files say\n"), (none.Code, none.Output));
        var some = await server.RunAsync("drift", server.File(Second));
        Assert.Equal(2, some.Code);
        Assert.Contains("+  \"host\": \"second.example\"", some.Output);
        Assert.Equal(1, (await server.RunAsync("drift", server.File("services: 1\n"))).Code);
    }

    [Fact]
    public async Task History_blame_and_rollback_tell_of_each_other()
    {
        await using var server = await ControlServer.StartAsync();
        await server.RunAsync("gateway", "sync", server.File(First), "--kong-admin-token", "ann", "--reason", "a start");
        await server.RunAsync("gateway", "sync", server.File(Second), "--kong-admin-token", "ben");
        var listed = await server.RunAsync("history");
        Assert.Equal((0, ""), (listed.Code, listed.Error));
        var history = listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, history.Length);
        Assert.Matches("^ +2  .* ben .* 1 change", history[0]);
        Assert.Matches("^ +1  .* ann .* 1 change .* a start$", history[1]);

        var blame = (await server.RunAsync("blame", "service", "orders")).Output.Split('\n');
        Assert.Contains(blame, static line => line.StartsWith("host ", StringComparison.Ordinal) && line.Contains(" ben ", StringComparison.Ordinal));
        Assert.Contains(blame, static line => line.StartsWith("name ", StringComparison.Ordinal) && line.Contains(" ann ", StringComparison.Ordinal));
        Assert.Equal(1, (await server.RunAsync("blame", "service", "nobody")).Code);

        var dry = await server.RunAsync("rollback", "1", "--dry-run");
        Assert.Contains("host: \"second.example\" -> \"first.example\"", dry.Output);
        Assert.Equal(2, server.Plane.Current.Revision);
        Assert.EndsWith("revision 3: 1 change\n", (await server.RunAsync("rollback", "1", "--reason", "too soon")).Output);
        Assert.Contains("first.example", (await server.RunAsync("gateway", "dump")).Output);
        Assert.Equal("too soon", (await server.RunAsync("history", "--size", "1", "--json-output")).Json["data"]![0]!["reason"]!.ToString());
        Assert.Equal(1, (await server.RunAsync("rollback", "99")).Code);
    }

    [Fact]
    public async Task A_plan_file_is_read_by_its_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes of files");
        await using var server = await ControlServer.StartAsync();
        var plan = server.PathOf("plan.json");
        await server.RunAsync("plan", server.File(First), "-o", plan);
#pragma warning disable CA1416 // Skipped there.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(plan));
#pragma warning restore CA1416
        Assert.Equal("creating service orders", JsonNode.Parse(File.ReadAllText(plan))!["changes"]![0]!.ToString());
    }
}
