using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Control.Tests;

/// <summary>Rows of updates, of good peers and bad ones.</summary>
public sealed class EntityRowTests
{
    static readonly Guid Id = new("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    [Fact]
    public void Rows_come_back_as_they_were()
    {
        EntityRow[] rows = [Row("""{"id":"x","name":"ä"}"""), new(ControlState.DefaultWorkspace, ControlKinds.Plugins, Id, null), Row("{}")];
        var read = EntityRow.ReadAll(Bytes(rows));
        Assert.Equal(rows.Select(Text), read.Select(Text));
    }

    [Fact]
    public void What_a_later_version_appends_to_a_row_is_passed_over()
    {
        var bytes = Bytes(Row("{}"));
        bytes[0] += 3;
        var read = Assert.Single(EntityRow.ReadAll((byte[])[.. bytes, 1, 2, 3]));
        Assert.Equal("{}", Encoding.UTF8.GetString(read.Json!.Value.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"a":01}""")]
    public void Refuses_entities_that_are_no_record(string json) => Assert.Throws<StreamBrokenException>(() => EntityRow.ReadAll(Bytes(Row(json))));

    [Fact]
    public void Refuses_entities_that_are_too_deep() =>
        Assert.Throws<StreamBrokenException>(() => EntityRow.ReadAll(Bytes(Row("{\"a\":" + new string('[', 200) + new string(']', 200) + "}"))));

    [Theory]
    [InlineData("guardrails")]
    [InlineData("join_tokens")]
    [InlineData("gateways")]
    [InlineData("cluster_authorities")]
    [InlineData("users")]
    [InlineData("tokens")]
    public void A_gateway_takes_nothing_but_configuration(string kind)
    {
        var row = new EntityRow(ControlState.Root, ControlKinds.Named(kind)!, Id, "{}"u8.ToArray());
        var refused = Assert.Throws<StreamBrokenException>(() => EntityRow.ReadAll(Bytes(row)));
        Assert.Contains(kind, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_cut_off_anywhere_are_refused()
    {
        var bytes = Bytes(Row("""{"name":"one"}"""));
        for (var length = 1; length < bytes.Length; length++) Assert.Throws<StreamBrokenException>(() => EntityRow.ReadAll(bytes.AsMemory(0, length)));
    }

    [Fact]
    public void Garbage_is_refused_and_nothing_else_happens() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static bytes =>
        {
            try
            {
                EntityRow.ReadAll(bytes);
            }
            catch (StreamBrokenException)
            {
                return true;
            }
            return bytes.Length == 0;
        }).QuickCheckThrowOnFailure();

    static EntityRow Row(string json) => new(ControlState.DefaultWorkspace, ControlKinds.Services, Id, Encoding.UTF8.GetBytes(json));

    static string Text(EntityRow row) => $"{row.Workspace} {row.Kind} {row.Id} {(row.Json is { } json ? Encoding.UTF8.GetString(json.Span) : "-")}";

    static byte[] Bytes(params EntityRow[] rows)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var row in rows) row.Write(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
