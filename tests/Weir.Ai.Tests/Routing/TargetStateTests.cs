namespace Weir.Ai.Tests;

public sealed class TargetStateTests
{
    static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);
    readonly ManualTime _time = new();
    readonly TargetState _state;

    public TargetStateTests() => _state = new TargetState(_time);

    [Fact]
    public void Is_down_after_as_many_failures_as_are_allowed()
    {
        _state.Failed();
        Assert.True(_state.IsUp(2, s_timeout));
        _state.Failed();
        Assert.False(_state.IsUp(2, s_timeout));
        Assert.True(_state.IsUp(3, s_timeout));
        Assert.True(_state.IsUp(0, s_timeout));
    }

    [Fact]
    public void Is_tried_again_when_its_time_is_over()
    {
        _state.Failed();
        _time.Advance(s_timeout - TimeSpan.FromTicks(1));
        Assert.False(_state.IsUp(1, s_timeout));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(_state.IsUp(1, s_timeout));
        _state.Failed();
        Assert.False(_state.IsUp(1, s_timeout));
    }

    [Fact]
    public void Counts_failures_in_all_and_not_in_a_row()
    {
        _state.Failed();
        _state.Succeeded(s_timeout);
        _state.Failed();
        Assert.False(_state.IsUp(2, s_timeout));
    }

    [Fact]
    public void Is_forgiven_by_a_success_after_its_time()
    {
        _state.Failed();
        _time.Advance(s_timeout);
        _state.Succeeded(s_timeout);
        _state.Failed();
        Assert.True(_state.IsUp(2, s_timeout));
    }

    [Fact]
    public void Counts_what_was_used()
    {
        _state.Begin();
        _state.Begin();
        _state.End();
        Assert.Equal(1, _state.UnderWay);
        _state.Answered(TimeSpan.FromMilliseconds(100), new TokenUsage { Input = 3, Output = 5 }, 7);
        _state.Answered(TimeSpan.FromMilliseconds(100), null, 1);
        Assert.Equal((3, 5, 8), (_state.InputTokens, _state.OutputTokens, _state.Nano));
        Assert.Equal(100, _state.CallMs);
        Assert.Equal(20, _state.TokenMs);
    }

    [Fact]
    public void Takes_a_slow_call_at_once_and_fast_ones_over_time()
    {
        _state.Answered(TimeSpan.FromMilliseconds(100), null, 0);
        _state.Answered(TimeSpan.FromMilliseconds(900), null, 0);
        Assert.Equal(900, _state.CallMs);
        _time.Advance(TimeSpan.FromSeconds(1));
        _state.Answered(TimeSpan.FromMilliseconds(100), null, 0);
        Assert.InRange(_state.CallMs, 800, 890);
        _time.Advance(TimeSpan.FromMinutes(5));
        _state.Answered(TimeSpan.FromMilliseconds(100), null, 0);
        Assert.InRange(_state.CallMs, 100, 101);
    }
}
