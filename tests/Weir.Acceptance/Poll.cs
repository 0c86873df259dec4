namespace Weir.Acceptance;

/// <summary>Waits for what must become true, looking again and again until a deadline.</summary>
static class Poll
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static Task UntilAsync(Func<bool> condition, string what, int seconds = 15) => UntilAsync(() => Task.FromResult(condition()), what, seconds);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, int seconds = 15)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(seconds), $"not within {seconds} s: {what}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
