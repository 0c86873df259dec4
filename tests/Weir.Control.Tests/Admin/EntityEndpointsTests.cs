using System.Text.Json;

namespace Weir.Control.Tests;

public sealed class EntityEndpointsTests
{
    const string Unknown = "0f5cbd52-53ad-4e3f-8c0c-e7cd85f9b3f0";

    [Fact]
    public async Task Adds_shows_changes_replaces_and_deletes()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var added = await admin.PostAsync("/services", """{"name":"orders","url":"http://orders.example/v1","tags":["a"]}""");
        Assert.Equal(201, added.Status);
        Assert.Equal((added.Text, 200), ((await admin.GetAsync("/services/orders")).Text, (await admin.GetAsync($"/services/{added.Id}")).Status));
        var changed = await admin.PatchAsync("/services/orders", """{"retries":2}""");
        Assert.Equal((200, 2, "/v1"), (changed.Status, changed["retries"].GetInt32(), changed["path"].GetString()));
        var replaced = await admin.PutAsync("/services/orders", """{"host":"other.example"}""");
        Assert.Equal((200, 5, added.Id, "orders"), (replaced.Status, replaced["retries"].GetInt32(), replaced.Id, replaced["name"].GetString()));
        Assert.Equal(JsonValueKind.Null, replaced["tags"].ValueKind);
        Assert.Equal(204, (await admin.DeleteAsync("/services/orders")).Status);
        Assert.Equal(204, (await admin.DeleteAsync("/services/orders")).Status);
        var gone = await admin.GetAsync("/services/orders");
        Assert.Equal((404, """{"message":"Not found"}"""), (gone.Status, gone.Text));
    }

    [Fact]
    public async Task Puts_by_an_id_or_a_name_that_is_not_there_yet()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var byId = await admin.PutAsync($"/services/{Unknown}", """{"name":"a","host":"h"}""");
        Assert.Equal((200, Unknown), (byId.Status, byId.Id));
        var byName = await admin.PutAsync("/consumers/anna", """{"custom_id":"7"}""");
        Assert.Equal((200, "anna"), (byName.Status, byName["username"].GetString()));
        Assert.Equal(400, (await admin.PutAsync("/certificates/x", "{}")).Status);
    }

    [Fact]
    public async Task Names_may_hold_any_letters()
    {
        await using var admin = await AdminHarness.OpenAsync();
        Assert.Equal(201, (await admin.PostAsync("/services", """{"name":"Bestellungen-ä","host":"h"}""")).Status);
        Assert.Equal(200, (await admin.GetAsync("/services/Bestellungen-%C3%A4")).Status);
        Assert.Equal(201, (await admin.PostAsync("/consumers", """{"username":"a/b c"}""")).Status);
        Assert.Equal(200, (await admin.GetAsync("/consumers/a%2Fb%20c")).Status);
    }

    [Fact]
    public async Task Lists_and_adds_in_a_parent()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/services", """{"name":"a","host":"a"}""");
        await admin.PostAsync("/services", """{"name":"b","host":"b"}""");
        var route = await admin.PostAsync("/services/a/routes", """{"name":"r","paths":["/r"]}""");
        Assert.Equal(201, route.Status);
        Assert.Equal(["r"], (await admin.GetAsync("/services/a/routes")).Each("name"));
        Assert.Empty((await admin.GetAsync("/services/b/routes")).Each("name"));
        Assert.Equal(200, (await admin.GetAsync("/services/a/routes/r")).Status);
        Assert.Equal(404, (await admin.GetAsync("/services/b/routes/r")).Status);
        Assert.Equal(404, (await admin.GetAsync("/services/nobody/routes")).Status);
        Assert.Equal(404, (await admin.PostAsync("/services/nobody/routes", """{"paths":["/"]}""")).Status);
        Assert.Equal(200, (await admin.PutAsync("/services/b/routes/other", """{"paths":["/o"]}""")).Status);
        Assert.Equal(["other"], (await admin.GetAsync("/services/b/routes")).Each("name"));
        Assert.Equal(204, (await admin.DeleteAsync("/services/b/routes/r")).Status);
        Assert.Equal(200, (await admin.GetAsync("/routes/r")).Status);
        Assert.Equal(204, (await admin.DeleteAsync("/services/a/routes/r")).Status);
        Assert.Equal(404, (await admin.GetAsync("/routes/r")).Status);
    }

    [Fact]
    public async Task Shows_and_changes_what_an_entity_refers_to()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/services", """{"name":"a","host":"a"}""");
        await admin.PostAsync("/routes", """{"name":"r","paths":["/r"],"service":{"name":"a"}}""");
        await admin.PostAsync("/routes", """{"name":"lone","paths":["/l"]}""");
        Assert.Equal("a", (await admin.GetAsync("/routes/r/service"))["name"].GetString());
        Assert.Equal(9, (await admin.PatchAsync("/routes/r/service", """{"retries":9}"""))["retries"].GetInt32());
        Assert.Equal("new", (await admin.PutAsync("/routes/r/service", """{"name":"new","host":"h"}"""))["name"].GetString());
        Assert.Equal(404, (await admin.GetAsync("/routes/lone/service")).Status);
        var refused = await admin.DeleteAsync("/routes/r/service");
        Assert.Equal((405, """{"message":"Method not allowed"}"""), (refused.Status, refused.Text));
    }

    [Fact]
    public async Task Credentials_stand_in_their_consumer_and_in_a_list_of_all()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/consumers", """{"username":"anna"}""");
        var key = await admin.PostAsync("/consumers/anna/key-auth", """{"key":"k1"}""");
        Assert.Equal(201, key.Status);
        Assert.Equal(32, (await admin.PostAsync("/consumers/anna/key-auth", "{}"))["key"].GetString()!.Length);
        Assert.Equal(2, (await admin.GetAsync("/key-auths")).Each("id").Count);
        Assert.Equal("anna", (await admin.GetAsync("/key-auths/k1/consumer"))["username"].GetString());
        Assert.Equal(200, (await admin.PutAsync($"/consumers/anna/basic-auth/{Unknown}", """{"username":"a","password":"p"}""")).Status);
        var acl = await admin.PutAsync("/consumers/anna/acls/gold", "{}");
        Assert.Equal((200, "gold"), (acl.Status, acl["group"].GetString()));
        Assert.Equal(acl.Id, (await admin.GetAsync("/consumers/anna/acls/gold")).Id);
        Assert.Equal(204, (await admin.DeleteAsync("/consumers/anna/acls/gold")).Status);
        Assert.Empty((await admin.GetAsync("/acls")).Each("id"));
    }

    [Fact]
    public async Task A_target_is_replaced_but_not_added_by_put()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/upstreams", """{"name":"u"}""");
        Assert.Equal(404, (await admin.PutAsync($"/upstreams/u/targets/{Unknown}", """{"target":"h:80"}""")).Status);
        var target = await admin.PostAsync("/upstreams/u/targets", """{"target":"h"}""");
        Assert.Equal((201, "h:8000"), (target.Status, target["target"].GetString()));
        Assert.Equal(409, (await admin.PostAsync("/upstreams/u/targets", """{"target":"h:8000"}""")).Status);
        Assert.Equal(5, (await admin.PutAsync($"/upstreams/u/targets/{target.Id}", """{"target":"h","weight":5}"""))["weight"].GetInt32());
        Assert.Equal(6, (await admin.PatchAsync("/upstreams/u/targets/h:8000", """{"weight":6}"""))["weight"].GetInt32());
        Assert.Equal(404, (await admin.GetAsync("/targets")).Status);
        Assert.Equal(204, (await admin.DeleteAsync("/upstreams/u/targets/h:8000")).Status);
        Assert.Empty((await admin.GetAsync("/upstreams/u/targets")).Each("id"));
    }

    [Fact]
    public async Task A_consumer_is_found_by_the_id_of_the_organisation()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/consumers", """{"username":"anna","custom_id":"17"}""");
        await admin.PostAsync("/consumers", """{"username":"bert"}""");
        Assert.Equal(["anna"], (await admin.GetAsync("/consumers?custom_id=17")).Each("username"));
        Assert.Empty((await admin.GetAsync("/consumers?custom_id=18")).Each("username"));
    }

    [Fact]
    public async Task Errors_have_Kongs_form()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var violation = await admin.PostAsync("/services", "{}");
        Assert.Equal(400, violation.Status);
        Assert.Equal("schema violation (host: required field missing)", violation.Message);
        Assert.Equal("""{"host":"required field missing"}""", violation["fields"].GetRawText());
        Assert.Equal((2, "schema violation"), (violation["code"].GetInt32(), violation["name"].GetString()));
        await admin.PostAsync("/services", """{"name":"a","host":"a"}""");
        var taken = await admin.PostAsync("/services", """{"name":"a","host":"a"}""");
        Assert.Equal((409, """{"code":5,"name":"unique constraint violation","message":"UNIQUE violation detected on '{name=\"a\"}'","fields":{"name":"a"}}"""),
            (taken.Status, taken.Text));
        var lost = await admin.PostAsync("/routes", """{"paths":["/"],"service":{"name":"x"}}""");
        Assert.Equal(
            "foreign key unresolved (service.name: the foreign key cannot be resolved with '{name=\"x\"}' for an existing 'services' entity)", lost.Message);
        await admin.PostAsync("/services/a/routes", """{"paths":["/"]}""");
        var used = await admin.DeleteAsync("/services/a");
        Assert.Equal((400, """{"@referenced_by":"routes"}"""), (used.Status, used["fields"].GetRawText()));
    }

    [Theory]
    [InlineData("{", 400, "Cannot parse JSON body")]
    [InlineData("""{"a":1,"a":2}""", 400, "Cannot parse JSON body")]
    [InlineData("[]", 400, "schema violation (expected a record)")]
    [InlineData("""{"name":"a","host":"h"} trailing""", 400, "Cannot parse JSON body")]
    public async Task Refuses_bodies_that_are_no_record(string body, int status, string message)
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.PostAsync("/services", body);
        Assert.Equal((status, message), (answer.Status, answer.Message));
        Assert.Equal(0, admin.Plane.Current.Revision);
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/xml; charset=utf-8", 415)]
    [InlineData("not a type", 415)]
    [InlineData(null, 415)]
    [InlineData("application/json; charset=utf-8", 201)]
    public async Task Takes_only_bodies_of_known_types(string? type, int status)
    {
        await using var admin = await AdminHarness.OpenAsync();
        Assert.Equal(status, (await admin.SendAsync("POST", "/services", """{"host":"h"}""", type)).Status);
    }

    [Fact]
    public async Task Refuses_a_body_over_the_limit()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var long_ = await admin.SendAsync("POST", "/services", "{}", prepare: static context => context.Request.ContentLength = Operation.EntityBytesMax + 1);
        Assert.Equal(413, long_.Status);
        var unsaid = await admin.SendAsync("POST", "/services", prepare: static context =>
        {
            context.Request.ContentType = "application/json";
            context.Request.Body = new MemoryStream(new byte[Operation.EntityBytesMax + 1]);
        });
        Assert.Equal((413, "Payload too large"), (unsaid.Status, unsaid.Message));
    }

    [Fact]
    public async Task Refuses_methods_and_paths_that_there_are_not()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var refused = await admin.SendAsync("DELETE", "/services");
        Assert.Equal((405, "GET, HEAD, OPTIONS, POST"), (refused.Status, refused.Headers["Allow"].ToString()));
        foreach (var path in (string[])["/nothing", "/services/a/b/c", "/services/a/nothing", "/memberships", "/consumer_group_consumers"])
            Assert.Equal(404, (await admin.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Answers_options_and_head()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/services", """{"name":"a","host":"a"}""");
        var options = await admin.SendAsync("OPTIONS", "/services/a");
        Assert.Equal((204, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"), (options.Status, options.Headers["Access-Control-Allow-Methods"].ToString()));
        var head = await admin.SendAsync("HEAD", "/services/a");
        Assert.Equal((200, ""), (head.Status, head.Text));
        Assert.Equal(404, (await admin.SendAsync("HEAD", "/services/b")).Status);
    }

    [Fact]
    public async Task Says_in_headers_what_it_is_and_how_long_it_took()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.GetAsync("/services");
        Assert.Equal(("kong/3.9.1", "https://console.example"), (answer.Headers.Server.ToString(), answer.Headers.AccessControlAllowOrigin.ToString()));
        Assert.Matches("^[0-9]+$", answer.Headers["X-Kong-Admin-Latency"].ToString());
        Assert.Matches("^[0-9a-f]{32}$", answer.Headers["X-Kong-Admin-Request-ID"].ToString());
    }

    [Fact]
    public async Task A_failing_journal_is_no_reason_to_say_what_went_wrong_inside()
    {
        await using var admin = await AdminHarness.OpenAsync(new MemoryJournal { NextFailure = new IOException("disk full") });
        var answer = await admin.PostAsync("/services", """{"host":"h"}""");
        Assert.Equal((500, """{"message":"An unexpected error occurred"}"""), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task The_author_of_a_change_stands_in_its_transaction()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.SendAsync(
            "POST", "/services", """{"host":"h"}""", prepare: static context => context.Request.Headers["Weir-Reason"] = "because");
        var transaction = await ReadOneAsync(admin.Plane);
        Assert.Equal(("anonymous", "because", answer.Headers["X-Kong-Admin-Request-ID"].ToString()),
            (transaction.Author.Name, transaction.Author.Reason, transaction.Author.RequestId));
    }

    static async Task<Transaction> ReadOneAsync(ControlPlane plane)
    {
        await foreach (var record in plane.Journal.ReadAsync(0, TestContext.Current.CancellationToken)) return Transaction.Read(record);
        throw new InvalidOperationException("nothing was recorded");
    }
}
