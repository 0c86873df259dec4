using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Telemetry.Tests;

public sealed class UsageFrameTests
{
    [Theory]
    [InlineData("")]
    [InlineData("00000000")]
    [InlineData("00000000 ")]
    [InlineData("00000000 {}")]
    [InlineData("zzzzzzzz {}")]
    [InlineData("{}")]
    public void Refuses_a_line_that_is_none(string line) => Assert.Null(UsageFrame.Read(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Refuses_a_right_sum_over_something_else()
    {
        foreach (var json in (string[])["{}", "[]", "x", """{"time":"2026-01-01T00:00:00Z","request_id":1,"outcome":"ok"}"""])
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            Assert.Null(UsageFrame.Read(Encoding.UTF8.GetBytes($"{Crc32C.Of(bytes):x8} {json}")));
        }
    }

    [Fact]
    public void A_record_reads_back_whole()
    {
        var line = UsageFrame.Write(UsageSamples.Full);
        Assert.Equal(1, line.Count((byte)'\n'));
        var read = UsageFrame.Read(line[..^1])!;
        Assert.Equal(UsageSamples.Full.Cost, read.Cost);
        Assert.Equal(UsageSamples.Full with { Cost = [] }, read with { Cost = [] });
    }

    [Fact]
    public void What_does_not_apply_is_not_written()
    {
        var line = Encoding.UTF8.GetString(UsageFrame.Write(UsageSamples.Record("r")));
        Assert.Equal("""{"time":"2026-03-04T12:00:00+00:00","request_id":"r","tokens":{},"cost":[],"outcome":"ok"}""" + "\n", line[9..]);
    }

    [Fact]
    public void Any_text_reads_back() => Prop.ForAll(ArbMap.Default.ArbFor<string?>(), static text =>
    {
        // Halves of surrogates cannot be said in UTF-8.
        var valid = text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return UsageFrame.Read(UsageFrame.Write(UsageSamples.Record("r") with { Session = valid })[..^1])?.Session == valid;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_changed_byte_is_seen()
    {
        var line = UsageFrame.Write(UsageSamples.Full)[..^1].ToArray();
        for (var i = 0; i < line.Length; i++)
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = line.ToArray();
                damaged[i] ^= (byte)(1 << bit);
                // Hexadecimal digits may be large: the same sum.
                if (char.ToLowerInvariant((char)damaged[i]) != line[i] || i >= 8) Assert.Null(UsageFrame.Read(damaged));
            }
    }

    [Fact]
    public void A_cut_line_is_seen()
    {
        var line = UsageFrame.Write(UsageSamples.Full)[..^1].ToArray();
        for (var length = 0; length < line.Length; length++) Assert.Null(UsageFrame.Read(line.AsSpan(0, length)));
    }

    [Fact]
    public void Refuses_a_record_without_bound() =>
        Assert.Throws<ArgumentException>(() => UsageFrame.Write(UsageSamples.Record("r") with { Session = new string('x', UsageFrame.LineBytesMax) }).Length);

    [Fact]
    public void Computes_the_sum_of_rfc_3720()
    {
        Assert.Equal(0xE3069283, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AA, Crc32C.Of(new byte[32]));
    }

    [Fact]
    public void The_json_is_plain_json_for_other_tools()
    {
        using var json = JsonDocument.Parse(UsageFrame.Write(UsageSamples.Full)[9..].ToArray());
        Assert.Equal(285_000, json.RootElement.GetProperty("cost_total").GetInt64());
        Assert.Equal(3, json.RootElement.GetProperty("tokens").GetProperty("cache_write_5m").GetInt64());
        Assert.Equal("input", json.RootElement.GetProperty("cost")[0].GetProperty("component").GetString());
    }
}
