using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Telemetry.Tests;

public class LogWriterTests
{
    readonly MetricRegistry _metrics = new();
    readonly MemorySink _sink = new();

    [Fact]
    public async Task Writes_lines_in_order_and_the_rest_when_disposed()
    {
        var writer = Writer();
        var expected = "";
        for (var i = 0; i < 1000; i++)
        {
            expected += $"line {i}\n";
            Assert.True(writer.TryAdd(Utf8($"line {i}\n")));
        }
        await writer.DisposeAsync();
        Assert.Equal(expected, _sink.Got);
        Assert.True(_sink.Disposed);
    }

    [Fact]
    public async Task A_line_that_finds_no_room_is_dropped_and_counted_and_nobody_waits()
    {
        var writer = Writer(bytesMax: 10, flush: TimeSpan.Zero);
        _sink.Hold();
        writer.TryAdd("first\n"u8);
        await _sink.NextAsync();
        Assert.True(writer.TryAdd("123456789\n"u8));
        Assert.False(writer.TryAdd("x\n"u8));
        Assert.Equal(1, Dropped("full"));
        _sink.Release();
        await writer.DisposeAsync();
        Assert.Equal("first\n123456789\n", _sink.Got);
    }

    [Fact]
    public async Task A_line_longer_than_the_queue_is_dropped()
    {
        var writer = Writer(bytesMax: 4);
        Assert.False(writer.TryAdd("12345"u8));
        await writer.DisposeAsync();
        Assert.Equal(1, Dropped("full"));
    }

    [Fact]
    public async Task Lines_that_the_sink_refuses_are_counted_and_writing_goes_on()
    {
        var writer = Writer(flush: TimeSpan.Zero);
        _sink.Fails = true;
        writer.TryAdd("lost\n"u8);
        await _sink.NextAsync();
        _sink.Fails = false;
        writer.TryAdd("kept\n"u8);
        await writer.DisposeAsync();
        Assert.Equal(1, Dropped("failed"));
        Assert.Equal("kept\n", _sink.Got);
    }

    [Fact]
    public async Task A_buffer_that_is_half_full_does_not_wait_for_the_interval()
    {
        var writer = Writer(bytesMax: 100, flush: TimeSpan.FromDays(1));
        writer.TryAdd(new byte[40]);
        writer.TryAdd(new byte[20]);
        await _sink.NextAsync();
        await writer.DisposeAsync();
        Assert.Equal(60, _sink.Got.Length);
    }

    [Fact]
    public async Task May_be_disposed_again_after_it_was_drained()
    {
        var writer = Writer();
        writer.TryAdd("x\n"u8);
        await writer.DisposeAsync();
        writer.Dispose();
        await writer.DisposeAsync();
        Assert.Equal("x\n", _sink.Got);
    }

    [Fact]
    public async Task Reopen_reaches_the_sink()
    {
        var writer = Writer();
        writer.Reopen();
        await writer.DisposeAsync();
        Assert.Equal(1, _sink.Reopened);
    }

    [Fact]
    public async Task Lines_of_many_threads_stay_whole()
    {
        var writer = Writer(flush: TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++) writer.TryAdd(Utf8($"{t}:{i}\n"));
        })));
        await writer.DisposeAsync();
        var lines = _sink.Got.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(8000, lines.Distinct().Count());
        for (var t = 0; t < 4; t++) Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"{t}:{i}"), lines.Where(line => line[0] == '0' + t));
    }

    LogWriter Writer(int bytesMax = 1 << 20, TimeSpan? flush = null)
    {
        var settings = new LogSettings { Name = "test", QueueBytesMax = bytesMax, FlushInterval = flush ?? TimeSpan.FromDays(1) };
        return new LogWriter(_sink, settings, _metrics, TimeProvider.System, NullLogger.Instance);
    }

    long Dropped(string reason) => _metrics.Counter("weir_log_lines_dropped_total", "", ["log", "reason"]).With("test", reason).Value;

    static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
