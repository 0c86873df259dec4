using System.Text;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins.Authentication;

public class FailedLoginsTests
{
    readonly ManualTime _time = new();
    readonly FailedLogins _failures;

    public FailedLoginsTests() => _failures = new FailedLogins(_time);

    [Fact]
    public void The_wait_doubles_up_to_an_hour()
    {
        var waits = Enumerable.Range(0, 40).Select(_ => _failures.Count("al"u8).WaitSeconds).ToList();
        Assert.Equal([2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600], waits.Take(13));
        Assert.Equal(3600, waits[^1]);
    }

    [Fact]
    public void Counting_starts_anew_when_the_wait_is_over()
    {
        for (var i = 0; i < 3; i++) _failures.Count("al"u8);
        Assert.True(_failures.IsBlocked("al"u8));
        Assert.False(_failures.IsBlocked("bo"u8));
        _time.Advance(TimeSpan.FromSeconds(8));
        Assert.False(_failures.IsBlocked("al"u8));
        Assert.Equal(new FailedLogins.Failure(false, 2), _failures.Count("al"u8));
    }

    [Fact]
    public void Made_up_names_cannot_fill_the_memory_nor_free_a_blocked_one()
    {
        for (var i = 0; i < 8; i++) _failures.Count("al"u8);
        for (var i = 0; i < 2 * FailedLogins.NamesMax; i++) _failures.Count(Encoding.UTF8.GetBytes("user" + i));
        Assert.InRange(_failures.NameCount, 1, FailedLogins.NamesMax);
        Assert.True(_failures.IsBlocked("al"u8));
    }

    [Fact]
    public void Forgotten_names_make_room()
    {
        for (var i = 0; i < FailedLogins.NamesMax; i++) _failures.Count(Encoding.UTF8.GetBytes("user" + i));
        _time.Advance(TimeSpan.FromSeconds(2));
        _failures.Count("al"u8);
        Assert.Equal(1, _failures.NameCount);
    }
}
