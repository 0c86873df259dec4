using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Weir.Control;

namespace Weir.Server.Tests;

/// <summary>A control plane that has gone mad: the gateway keeps what it has, says why, and takes what is good as soon as there is any again.</summary>
public sealed class MadControlTests
{
    static readonly byte[] Welcome = FollowJson.Frame(FrameKind.Welcome, new FollowWelcome("0.1.0", 5));
    static readonly byte[] Heartbeat = FollowJson.Frame(FrameKind.Heartbeat, new FollowHeartbeat(1));

    static readonly Dictionary<string, Func<HttpContext, FollowHello, Task>> Madness = new()
    {
        ["answers 500"] = static (context, _) => Status(context, 500),
        ["answers 404"] = static (context, _) => Status(context, 404),
        ["answers 403 without a word"] = static (context, _) => Status(context, 403),
        ["redirects"] = static (context, _) =>
        {
            context.Response.Redirect("https://example.org/");
            return Task.CompletedTask;
        },
        ["ends at once"] = static (_, _) => Task.CompletedTask,
        ["resets"] = static (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        },
        ["resets after the start"] = static async (context, _) =>
        {
            await ScriptedControl.SendAsync(context, Welcome);
            context.Abort();
        },
        ["garbage"] = static (context, _) => ScriptedControl.SendAsync(context, Noise(5000)),
        ["a frame whose sum is wrong"] = static (context, _) => ScriptedControl.SendAsync(context, [.. Welcome[..^1], 0]),
        ["a frame that says it is huge"] = static (context, _) => ScriptedControl.SendAsync(context, Huge()),
        ["half a frame, then the end"] = static (context, _) => ScriptedControl.SendAsync(context, Welcome[..^3]),
        ["half a frame, then nothing"] = static async (context, _) =>
        {
            await ScriptedControl.SendAsync(context, Welcome[..^3]);
            await ForeverAsync(context);
        },
        ["nothing at all"] = static async (context, _) =>
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await ForeverAsync(context);
        },
        ["a byte now and then"] = static async (context, _) =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(30), TimeProvider.System);
            foreach (var value in FrameCodec.Encode(FrameKind.Part, Noise(100_000)))
            {
                await ScriptedControl.SendAsync(context, [value]);
                await timer.WaitForNextTickAsync(context.RequestAborted);
            }
        },
        ["signs of life without end"] = static (context, _) => FloodAsync(context, Heartbeat),
        ["unknown frames without end"] = static (context, _) => FloodAsync(context, FrameCodec.Encode((FrameKind)200, "x"u8)),
        ["entities without end"] = static (context, _) => FloodAsync(context, ScriptedControl.Whole(9, "flood").Frames[0]),
        ["an update that does not come to what it says"] = static (context, _) =>
            CommitAsync(context, static point => point with { Content = new string('0', 64) }),
        ["an update without a history"] = static (context, _) => CommitAsync(context, static point => point with { History = "" }),
        ["a commit that is no JSON"] = static (context, _) => ScriptedControl.SendAsync(context, FrameCodec.Encode(FrameKind.Commit, "{"u8)),
        ["a commit that is null"] = static (context, _) => ScriptedControl.SendAsync(context, FrameCodec.Encode(FrameKind.Commit, "null"u8)),
        ["a commit without anything"] = static (context, _) => ScriptedControl.SendAsync(context, FrameCodec.Encode(FrameKind.Commit, "{}"u8)),
        ["changes of a state that nobody has"] = static (context, _) => ScriptedControl.SendAsync(context,
            FollowJson.Frame(FrameKind.Commit, new FollowCommit(new FollowPoint(77, "x", "y"), new FollowPoint(78, "x", "y"), 0))),
        ["rows that are none"] = static (context, _) => ScriptedControl.SendAsync(context, FrameCodec.Encode(FrameKind.Part, Noise(300))),
        ["a kind that gateways do not take"] = static (context, _) => ScriptedControl.SendAsync(context, PartOf(ControlKinds.Guardrails, "{}")),
        ["an entity that is no JSON"] = static (context, _) => ScriptedControl.SendAsync(context, PartOf(ControlKinds.Services, "{\"name\":")),
        ["a goodbye"] = static (context, _) => ScriptedControl.SendAsync(context, FollowJson.Frame(FrameKind.Goodbye, new FollowGoodbye("go away"))),
    };

    public static TheoryData<string> Kinds => [.. Madness.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_gateway_keeps_what_it_has_and_comes_back(string kind)
    {
        await using var control = await ScriptedControl.StartAsync();
        control.Follow = ScriptedControl.Good(5, "first");
        await using var rig = new FollowerRig(control.Address, control.Token);
        await rig.HasAsync(5);
        var have = rig.Follower.Have;
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var times = 0;
        control.Follow = async (context, hello) =>
        {
            Assert.Equal(have.Point, hello.Have);
            if (Interlocked.Increment(ref times) == 3) seen.TrySetResult();
            await Madness[kind](context, hello);
        };
        await control.BreakAsync();
        await seen.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Same(have, rig.Follower.Have);
        Assert.NotEqual("", (await rig.Log.SaysAsync("The control plane is away")));
        control.Follow = ScriptedControl.Good(6, "second");
        await rig.HasAsync(6);
        Assert.Equal("second", rig.Service);
    }

    [Fact]
    public async Task Frames_and_fields_of_a_later_version_are_passed_over()
    {
        await using var control = await ScriptedControl.StartAsync();
        control.Follow = static async (context, hello) =>
        {
            await ScriptedControl.SendAsync(context, FrameCodec.Encode((FrameKind)99, "what"u8));
            await ScriptedControl.SendAsync(context, FrameCodec.Encode(FrameKind.Heartbeat, """{"revision":1,"mood":"good"}"""u8));
            await ScriptedControl.Good(2, "one")(context, hello);
        };
        await using var rig = new FollowerRig(control.Address, control.Token);
        await rig.HasAsync(2);
        Assert.Equal("one", rig.Service);
    }

    [Fact]
    public async Task An_older_state_of_another_history_counts_and_is_said()
    {
        await using var control = await ScriptedControl.StartAsync();
        control.Follow = ScriptedControl.Good(50, "first");
        await using var rig = new FollowerRig(control.Address, control.Token);
        await rig.HasAsync(50);
        control.Follow = ScriptedControl.Good(3, "restored", "b");
        await control.BreakAsync();
        await rig.HasAsync(3);
        Assert.Equal("restored", rig.Service);
        Assert.Contains("from revision 50 to 3", await rig.Log.SaysAsync("went back"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_at_the_same_address_is_believed()
    {
        var control = await ScriptedControl.StartAsync();
        var port = control.Address.Port;
        control.Follow = ScriptedControl.Good(5, "first");
        await using var rig = new FollowerRig(control.Address, control.Token);
        await rig.HasAsync(5);
        await control.DisposeAsync();
        await using var impostor = await ScriptedControl.StartAsync(port);
        impostor.Follow = ScriptedControl.Good(6, "theirs");
        await rig.Log.SaysAsync("SSL");
        Assert.Equal("first", rig.Service);
        Assert.Equal(0, impostor.Streams);
    }

    [Fact]
    public async Task A_token_is_not_shown_to_whoever_does_not_have_its_authority()
    {
        await using var impostor = await ScriptedControl.StartAsync();
        await using var rig = new FollowerRig(impostor.Address, JoinToken.Make(new byte[32]));
        Assert.Contains("another authority", await rig.Log.SaysAsync("away"), StringComparison.Ordinal);
        Assert.Equal(0, impostor.Enrolments);
        Assert.Null(rig.Identity);
    }

    [Fact]
    public async Task A_gateway_without_a_token_says_what_it_needs()
    {
        await using var control = await ScriptedControl.StartAsync();
        await using var rig = new FollowerRig(control.Address, null);
        Assert.Contains("weir gateway join-token", await rig.Log.SaysAsync("away"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_due_is_renewed_before_anything_else()
    {
        await using var control = await ScriptedControl.StartAsync();
        // Certificates begin ten minutes before they are made, for clocks that differ: this one is in its last third at once.
        control.CertificateLives = (TimeSpan.FromMinutes(2), TimeSpan.FromDays(30));
        control.Follow = ScriptedControl.Good(5, "first");
        await using var rig = new FollowerRig(control.Address, control.Token);
        await rig.HasAsync(5);
        Assert.Equal(1, control.Renewals);
        using var certificate = rig.Identity!.Load();
        Assert.True(certificate.NotAfter > TimeProvider.System.GetUtcNow().AddDays(29));
    }

    [Fact]
    public async Task A_control_plane_that_renews_without_end_is_followed_all_the_same()
    {
        await using var control = await ScriptedControl.StartAsync();
        control.CertificateLives = (TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2));
        control.Follow = ScriptedControl.Good(5, "first");
        await using var rig = new FollowerRig(control.Address, control.Token);
        await rig.HasAsync(5);
        Assert.InRange(control.Renewals, 1, 5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("another's")]
    public async Task An_identity_is_not_given_up_for_one_that_is_no_good(string given)
    {
        await using var control = await ScriptedControl.StartAsync();
        control.CertificateLives = (TimeSpan.FromMinutes(2), TimeSpan.FromDays(30));
        control.WrongRenewal = given == "another's" ? ClusterAuthority.Make(TimeProvider.System).CertificatePem : given;
        control.Follow = ScriptedControl.Good(5, "first");
        await using var rig = new FollowerRig(control.Address, control.Token);
        await rig.HasAsync(5);
        Assert.Contains("no good", await rig.Log.SaysAsync("cannot be renewed"), StringComparison.Ordinal);
        using var certificate = rig.Identity!.Load();
        Assert.True(certificate.NotAfter < TimeProvider.System.GetUtcNow().AddDays(1));
    }

    [Fact]
    public async Task What_does_not_even_speak_TLS_is_tried_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        await using var rig = new FollowerRig(address, JoinToken.Make(new byte[32]));
        for (var i = 0; i < 3; i++)
        {
            using var connection = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            await connection.GetStream().WriteAsync(Noise(2000), TestContext.Current.CancellationToken);
        }
        await rig.Log.SaysAsync("away");
        Assert.Equal(FollowPoint.None, rig.Follower.Have.Point);
    }

    [Fact]
    public async Task A_gateway_that_is_held_keeps_what_it_has_and_says_why()
    {
        await using var control = await ScriptedControl.StartAsync();
        control.Follow = static async (context, hello) =>
        {
            await ScriptedControl.SendAsync(context, FollowJson.Frame(FrameKind.Hold, new FollowHold(9, ["service web: too new"])));
            await ForeverAsync(context);
        };
        await using var rig = new FollowerRig(control.Address, control.Token);
        Assert.Contains("too new", await rig.Log.SaysAsync("cannot be told"), StringComparison.Ordinal);
    }

    static async Task CommitAsync(HttpContext context, Func<FollowPoint, FollowPoint> change)
    {
        var (point, frames) = ScriptedControl.Whole(9, "wrong");
        await ScriptedControl.SendAsync(context, frames[0]);
        await ScriptedControl.SendAsync(context, FollowJson.Frame(FrameKind.Commit, new FollowCommit(null, change(point), 2)));
        await ForeverAsync(context);
    }

    static async Task FloodAsync(HttpContext context, byte[] frame)
    {
        while (!context.RequestAborted.IsCancellationRequested) await ScriptedControl.SendAsync(context, frame);
    }

    static Task ForeverAsync(HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

    static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    static byte[] Huge()
    {
        var header = new byte[FrameCodec.HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, int.MaxValue);
        return header;
    }

    static byte[] PartOf(ControlKind kind, string json)
    {
        var rows = new System.Buffers.ArrayBufferWriter<byte>();
        new EntityRow(ControlState.DefaultWorkspace, kind, Guid.NewGuid(), System.Text.Encoding.UTF8.GetBytes(json)).Write(rows);
        return FrameCodec.Encode(FrameKind.Part, rows.WrittenSpan);
    }
}
