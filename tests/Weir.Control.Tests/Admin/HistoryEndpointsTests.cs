using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Control.Tests;

public sealed class HistoryEndpointsTests
{
    static async Task<AdminHarness> OpenAsync()
    {
        var time = new ManualTime();
        var admin = await AdminHarness.OpenAsync(time: time);
        await admin.PostAsync("/services", """{"name":"a","host":"one"}""");
        await admin.PostAsync("/consumers", """{"username":"anna"}""");
        await admin.PostAsync("/consumers/anna/key-auth", """{"key":"not-for-all"}""");
        await admin.PatchAsync("/services/a", """{"host":"two"}""");
        return admin;
    }

    static string? Text(JsonElement record, string field) => record.GetProperty(field).GetString();

    [Fact]
    public async Task The_journal_says_what_was_and_what_is()
    {
        await using var admin = await OpenAsync();
        var journal = await admin.GetAsync("/journal");
        Assert.Equal([1, 2, 3, 4], journal["data"].EnumerateArray().Select(static each => each.GetProperty("revision").GetInt32()));
        var change = journal["data"][3].GetProperty("changes")[0];
        Assert.Equal(("update", "services", "a", "default"),
            (Text(change, "op"), Text(change, "kind"), Text(change, "name"), Text(change, "workspace")));
        Assert.Equal(("one", "two"), (Text(change.GetProperty("before"), "host"), Text(change.GetProperty("after"), "host")));
    }

    [Fact]
    public async Task Secrets_are_masked_wherever_history_is_told()
    {
        await using var admin = await OpenAsync();
        var id = (await admin.GetAsync("/key-auths")).Each("id").Single();
        foreach (var path in (string[])["/journal", "/revisions/4", "/diff?from=0&to=4", $"/blame/key-auths/{id}", "/blame/keyauth_credentials/not-for-all"])
        {
            var answer = await admin.GetAsync(path);
            Assert.Equal(200, answer.Status);
            Assert.DoesNotContain("not-for-all", answer.Text, StringComparison.Ordinal);
            Assert.Contains("[masked]", answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("kind=services", "1,4")]
    [InlineData("kind=key-auths", "3")]
    [InlineData("actor=anonymous&size=2", "1,2")]
    [InlineData("actor=nobody", "")]
    [InlineData("after=2", "3,4")]
    [InlineData("last=1&size=2", "3,4")]
    [InlineData("workspace=default", "1,2,3,4")]
    [InlineData("since=2999-01-01T00:00:00Z", "")]
    [InlineData("until=1971-01-01", "")]
    public async Task The_journal_is_chosen_from(string query, string revisions)
    {
        await using var admin = await OpenAsync();
        var journal = await admin.GetAsync("/journal?" + query);
        Assert.Equal(revisions, string.Join(',', journal["data"].EnumerateArray().Select(static each => each.GetProperty("revision").GetInt32())));
    }

    [Fact]
    public async Task The_journal_has_pages()
    {
        await using var admin = await OpenAsync();
        var first = await admin.GetAsync("/journal?size=3&actor=anonymous");
        Assert.Equal("/journal?after=3&actor=anonymous&size=3", first["next"].GetString());
        var second = await admin.GetAsync(first["next"].GetString()!);
        Assert.Equal((1, JsonValueKind.Null), (second["data"].GetArrayLength(), second["next"].ValueKind));
    }

    [Theory]
    [InlineData("/journal?kind=x")]
    [InlineData("/journal?id=x")]
    [InlineData("/journal?since=x")]
    [InlineData("/journal?until=x")]
    [InlineData("/journal?after=-1")]
    [InlineData("/journal?workspace=x")]
    [InlineData("/journal?size=0")]
    [InlineData("/diff")]
    [InlineData("/diff?from=9")]
    [InlineData("/diff?from=0&to=x")]
    [InlineData("/diff?from=0&workspace=x")]
    public async Task Refuses_questions_that_make_no_sense(string path)
    {
        await using var admin = await OpenAsync();
        Assert.Equal(400, (await admin.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Shows_every_revision_as_it_was()
    {
        await using var admin = await OpenAsync();
        Assert.Equal("{}", (await admin.GetAsync("/revisions/0"))["entities"].GetRawText());
        Assert.Equal("one", (await admin.GetAsync("/revisions/1"))["entities"].GetProperty("services")[0].GetProperty("host").GetString());
        Assert.Equal("one", (await admin.GetAsync("/revisions/3"))["entities"].GetProperty("services")[0].GetProperty("host").GetString());
        Assert.Equal("two", (await admin.GetAsync("/revisions/4"))["entities"].GetProperty("services")[0].GetProperty("host").GetString());
        Assert.Equal(404, (await admin.GetAsync("/revisions/5")).Status);
        Assert.Equal(404, (await admin.GetAsync("/revisions/x")).Status);
    }

    [Fact]
    public async Task Says_what_is_different_between_two_revisions_in_either_direction()
    {
        await using var admin = await OpenAsync();
        var forth = await admin.GetAsync("/diff?from=1&to=4");
        Assert.Equal(3, forth["changes"].GetArrayLength());
        var service = forth["changes"].EnumerateArray().Single(static change => change.GetProperty("kind").GetString() == "services");
        Assert.Equal("""[{"field":"host","before":"one","after":"two"}]""", service.GetProperty("fields").GetRawText());
        var back = await admin.GetAsync("/diff?from=4&to=1");
        Assert.Equal(2, back["changes"].EnumerateArray().Count(static change => change.GetProperty("op").GetString() == "delete"));
        await admin.PatchAsync("/services/a", """{"host":"one"}""");
        Assert.Equal("[]", (await admin.GetAsync("/diff?from=3&to=5"))["changes"].GetRawText());
    }

    [Fact]
    public async Task Says_who_gave_a_field_its_value()
    {
        await using var admin = await OpenAsync();
        var blame = (await admin.GetAsync("/blame/services/a"))["fields"];
        Assert.Equal((4, "two", "anonymous"),
            (blame.GetProperty("host").GetProperty("revision").GetInt32(), Text(blame.GetProperty("host"), "value"), Text(blame.GetProperty("host"), "actor")));
        Assert.Equal(1, blame.GetProperty("retries").GetProperty("revision").GetInt32());
        Assert.Equal(404, (await admin.GetAsync("/blame/services/nobody")).Status);
        Assert.Equal(404, (await admin.GetAsync("/blame/nothing/a")).Status);
    }

    [Fact]
    public async Task What_is_archived_is_said_to_be_and_the_rest_is_told()
    {
        var journal = new MemoryJournal();
        await using var admin = await AdminHarness.OpenAsync(journal);
        await admin.PostAsync("/services", """{"name":"a","host":"one"}""");
        await admin.PostAsync("/consumers", """{"username":"anna"}""");
        await admin.PatchAsync("/services/a", """{"host":"two"}""");
        journal.Start = 2;
        Assert.Equal((404, "transactions up to revision 2 are archived elsewhere"), await SaidAsync("/revisions/1"));
        Assert.Equal((404, "transactions up to revision 2 are archived elsewhere"), await SaidAsync("/diff?from=1"));
        Assert.Equal(400, (await admin.PostAsync("/rollback", """{"to":1}""")).Status);
        Assert.Equal("one", (await admin.GetAsync("/revisions/2"))["entities"].GetProperty("services")[0].GetProperty("host").GetString());
        foreach (var path in (string[])["/journal", "/journal?last=1", "/journal?kind=services"])
            Assert.Equal([3], (await admin.GetAsync(path))["data"].EnumerateArray().Select(static each => each.GetProperty("revision").GetInt32()));
        var blame = (await admin.GetAsync("/blame/services/a"))["fields"];
        Assert.Equal(3, blame.GetProperty("host").GetProperty("revision").GetInt32());
        Assert.False(blame.TryGetProperty("retries", out _));
        Assert.Equal(200, (await admin.PostAsync("/rollback", """{"to":2}""")).Status);

        async Task<(int, string)> SaidAsync(string path)
        {
            var answer = await admin.GetAsync(path);
            return (answer.Status, answer.Message);
        }
    }

    [Theory]
    [InlineData("", "{\"revision\":1,")]
    [InlineData("text/event-stream", "id: 1\ndata: {\"revision\":1,")]
    public async Task The_journal_is_followed_as_it_grows(string accept, string start)
    {
        await using var admin = await AdminHarness.OpenAsync();
        using var leaving = new CancellationTokenSource();
        var pipe = new Pipe();
        var context = new DefaultHttpContext { RequestAborted = leaving.Token };
        context.Request.Method = "GET";
        context.Request.Path = "/journal";
        context.Request.QueryString = new QueryString("?follow=1&kind=services");
        context.Request.Headers.Accept = accept;
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(pipe.Writer.AsStream()));
        var following = admin.Api.HandleAsync(context);
        await admin.PostAsync("/services", """{"name":"a","host":"one"}""");
        await admin.PostAsync("/consumers", """{"username":"anna"}""");
        await admin.PostAsync("/services", """{"name":"b","host":"two"}""");
        var text = "";
        while (!text.Contains("\"name\":\"b\"", StringComparison.Ordinal) || !text.EndsWith('\n'))
        {
            var read = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
            text += Encoding.UTF8.GetString(read.Buffer);
            pipe.Reader.AdvanceTo(read.Buffer.End);
        }
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        Assert.DoesNotContain("anna", text, StringComparison.Ordinal);
        await leaving.CancelAsync();
        await following;
    }
}
