using Weir.Control;

namespace Weir.Server.Tests;

/// <summary>decK's verbs against a control plane that listens.</summary>
public sealed class GatewayCommandTests
{
    const string Orders = """
        _format_version: "3.0"
        services:
        - name: orders
          host: orders.example
          routes:
          - name: orders
            paths: [/orders]
            plugins:
            - name: key-auth
        consumers:
        - username: alice
          keyauth_credentials:
          - key: alice-has-a-key
        """;

    [Fact]
    public async Task Ping_says_what_decK_says()
    {
        await using var server = await ControlServer.StartAsync();
        var ran = await server.RunAsync("gateway", "ping");
        Assert.Equal((0, "Successfully connected to Kong!\nKong version:  3.9.1\n"), (ran.Code, ran.Output));
    }

    [Fact]
    public async Task A_control_plane_that_is_not_there_is_told_with_its_address()
    {
        await using var server = await ControlServer.StartAsync();
        var ran = await server.RunAsync("gateway", "ping", "--kong-addr", "http://127.0.0.1:1");
        Assert.Equal((1, ""), (ran.Code, ran.Output));
        Assert.StartsWith("Error: the control plane at http://127.0.0.1:1/ cannot be reached", ran.Error);
    }

    [Theory]
    [InlineData("--kong-addr", "localhost:8001")]
    [InlineData("--timeout", "soon")]
    [InlineData("--headers", "no-colon")]
    [InlineData("--config", "/no/such/file.yaml")]
    [InlineData("--ca-cert-file", "/no/such/file.pem")]
    public async Task Nonsense_in_an_option_is_told_with_its_name(string option, string value)
    {
        await using var server = await ControlServer.StartAsync();
        var ran = await server.RunAsync("gateway", "ping", option, value);
        Assert.Equal(1, ran.Code);
        Assert.Contains(option == "--config" ? value : option, ran.Error);
    }

    [Fact]
    public async Task A_sync_creates_what_the_file_has_and_a_second_one_has_nothing_to_do()
    {
        await using var server = await ControlServer.StartAsync();
        var file = server.File(Orders);
        var first = await server.RunAsync("gateway", "sync", file, "--parallelism", "1");
        Assert.Equal((0, ""), (first.Code, first.Error));
        Assert.Equal("""
            creating consumer alice
            creating service orders
            creating route orders
            creating key-auth for consumer alice
            creating plugin key-auth for route orders
            Summary:
              Created: 5
              Updated: 0
              Deleted: 0

            """, first.Output);
        var again = await server.RunAsync("gateway", "diff", file, "--non-zero-exit-code");
        Assert.Equal((0, "Summary:\n  Created: 0\n  Updated: 0\n  Deleted: 0\n"), (again.Code, again.Output));
        Assert.Equal(1, server.Plane.Current.Revision);
    }

    [Fact]
    public async Task A_diff_shows_fields_and_exits_with_2_when_asked_to()
    {
        await using var server = await ControlServer.StartAsync();
        await server.RunAsync("gateway", "sync", server.File(Orders));
        var file = server.File(Orders.Replace("orders.example", "other.example", StringComparison.Ordinal)
            .Replace("[/orders]", "[/orders, /o]", StringComparison.Ordinal));
        var ran = await server.RunAsync("gateway", "diff", file, "--non-zero-exit-code");
        Assert.Equal(2, ran.Code);
        Assert.Contains("updating service orders  {\n", ran.Output);
        Assert.Contains("-  \"host\": \"orders.example\",\n+  \"host\": \"other.example\",\n", ran.Output);
        Assert.Contains("   \"paths\": [\n     \"/orders\"\n+    \"/o\"\n   ],\n", ran.Output.Replace("\"/orders\",", "\"/orders\"", StringComparison.Ordinal));
        Assert.Contains("  Updated: 2\n", ran.Output);
        Assert.Equal(0, (await server.RunAsync("gateway", "diff", file)).Code);
        Assert.Equal(1, server.Plane.Current.Revision);
    }

    [Fact]
    public async Task Values_of_variables_are_masked_and_so_are_those_that_they_replace()
    {
        await using var server = await ControlServer.StartAsync();
        server["DECK_HOST"] = "first-secret.example";
        var file = server.File("_format_version: \"3.0\"\nservices:\n- name: svc1\n  host: ${{ env \"DECK_HOST\" }}\n");
        Assert.Equal(0, (await server.RunAsync("gateway", "sync", file)).Code);
        server["DECK_HOST"] = "second-secret.example";
        var ran = await server.RunAsync("gateway", "diff", file);
        Assert.Contains("-  \"host\": \"[masked]\",\n+  \"host\": \"[masked]\",\n", ran.Output);
        Assert.DoesNotContain("-secret", ran.Output);
        Assert.DoesNotContain("second-secret", (await server.RunAsync("gateway", "diff", file, "--json-output")).Output);
        Assert.Contains("second-secret", (await server.RunAsync("gateway", "diff", file, "--no-mask-deck-env-vars-value")).Output);
    }

    [Fact]
    public async Task Secrets_are_masked_and_a_changed_one_is_said_to_be()
    {
        await using var server = await ControlServer.StartAsync();
        const string id = "0c3a1d5e-6c4b-4e3e-9a56-3f6f7b7d9a11";
        string File(string secret) => server.File($"""
            _format_version: "3.0"
            consumers:
            - username: alice
              hmacauth_credentials:
              - username: alice
                id: {id}
                secret: {secret}
            """);
        var created = await server.RunAsync("gateway", "sync", File("what-nobody-may-see"), "--json-output");
        Assert.DoesNotContain("what-nobody", created.Output);
        var ran = await server.RunAsync("gateway", "diff", File("what-is-new-here"));
        Assert.Contains("-  \"secret\": \"[masked]\"", ran.Output);
        Assert.Contains("+  \"secret\": \"[masked, changed]\"", ran.Output);
        Assert.DoesNotContain("what-is-new", ran.Output);
    }

    [Fact]
    public async Task The_output_for_programs_is_decKs()
    {
        await using var server = await ControlServer.StartAsync();
        var ran = await server.RunAsync("gateway", "sync", server.File(Orders), "--json-output");
        Assert.Equal(5, ran.Json["summary"]!["creating"]!.GetValue<int>());
        Assert.Equal(5, ran.Json["summary"]!["total"]!.GetValue<int>());
        var service = ran.Json["changes"]!["creating"]!.AsArray().Single(change => change!["kind"]!.ToString() == "service")!;
        Assert.Equal("orders", service["name"]!.ToString());
        Assert.Equal("orders.example", service["body"]!["new"]!["host"]!.ToString());
        Assert.Null(service["body"]!["old"]);
        Assert.Empty(ran.Json["errors"]!.AsArray());
        Assert.Empty(ran.Json["changes"]!["dropped_creations"]!.AsArray());
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once_with_its_place_and_nothing_is_changed()
    {
        await using var server = await ControlServer.StartAsync();
        var file = server.File("""
            _format_version: "3.0"
            services:
            - name: orders
              host: orders.example
              retries: many
              routes:
              - name: first
                paths: [orders]
            - name: "a b"
              host: other.example
            plugins:
            - name: rate-limiting
              service: nobody
              config: {minute: 5}
            """);
        var ran = await server.RunAsync("gateway", "sync", file);
        Assert.Equal((1, ""), (ran.Code, ran.Output));
        Assert.Contains("kong.yaml:13:12: plugin 'rate-limiting'", ran.Error);
        Assert.Equal(0, server.Plane.Current.Revision);

        file = server.File(System.IO.File.ReadAllText(file).Replace("nobody", "orders", StringComparison.Ordinal));
        ran = await server.RunAsync("gateway", "sync", file, "--json-output");
        Assert.Equal(1, ran.Code);
        var told = string.Join('\n', ran.Json["errors"]!.AsArray().Select(static error => error!.ToString()));
        Assert.Contains("kong.yaml:5:12: service 'orders': retries: expected an integer", told);
        Assert.Contains("kong.yaml:8:13: route 'first' of service 'orders': paths[0]: should start with", told);
        Assert.Contains("kong.yaml:9:9: service 'a b': name: invalid value", told);
        Assert.Equal(0, server.Plane.Current.Revision);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_told_before_anything_is_sent()
    {
        await using var server = await ControlServer.StartAsync();
        var ran = await server.RunAsync("gateway", "sync", server.File("_format_version: \"3.0\"\nservices: [\n"), "--kong-addr", "http://127.0.0.1:1");
        Assert.Equal(1, ran.Code);
        Assert.Contains("kong.yaml:", ran.Error);
        Assert.DoesNotContain("127.0.0.1", ran.Error);
    }

    [Fact]
    public async Task Apply_deletes_nothing_and_sync_does()
    {
        await using var server = await ControlServer.StartAsync();
        await server.RunAsync("gateway", "sync", server.File(Orders));
        var part = server.File("_format_version: \"3.0\"\nservices:\n- name: billing\n  host: billing.example\n");
        Assert.Contains("Created: 1\n  Updated: 0\n  Deleted: 0", (await server.RunAsync("gateway", "apply", part)).Output);
        Assert.Contains("deleting service orders\n", (await server.RunAsync("gateway", "sync", part)).Output);
        Assert.Equal("billing", Assert.Single(server.Plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Services).All).Name);
    }

    [Fact]
    public async Task A_sync_of_some_tags_leaves_all_others_alone()
    {
        await using var server = await ControlServer.StartAsync();
        await server.RunAsync("gateway", "sync", server.File(Orders));
        var team = server.File("_format_version: \"3.0\"\nservices:\n- name: billing\n  host: billing.example\n");
        Assert.Equal(0, (await server.RunAsync("gateway", "sync", team, "--select-tag", "billing")).Code);
        Assert.Equal(0, (await server.RunAsync("gateway", "sync", server.File("_format_version: \"3.0\"\n"), "--select-tag", "billing,other")).Code);
        var services = server.Plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Services).All;
        Assert.Equal(["billing", "orders"], services.Select(static each => each.Name).Order());
        Assert.Equal(0, (await server.RunAsync("gateway", "reset", "-f", "--select-tag", "billing")).Code);
        Assert.Equal("orders", Assert.Single(server.Plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Services).All).Name);
    }

    [Fact]
    public async Task Tags_of_the_file_and_of_the_command_line_must_be_the_same()
    {
        await using var server = await ControlServer.StartAsync();
        var file = server.File("_format_version: \"3.0\"\n_info:\n  select_tags: [a]\n");
        var ran = await server.RunAsync("gateway", "sync", file, "--select-tag", "b");
        Assert.Equal(1, ran.Code);
        Assert.Contains("kong.yaml:3:16: _info: select_tags: the file is of a, and b is asked for", ran.Error);
    }

    [Fact]
    public async Task A_workspace_that_is_not_there_is_made_in_the_same_transaction()
    {
        await using var server = await ControlServer.StartAsync();
        var file = server.File("_workspace: payments\n" + Orders);
        var diff = await server.RunAsync("gateway", "diff", file);
        Assert.StartsWith("creating workspace payments\n", diff.Output);
        Assert.Null(server.Plane.Current.Workspace("payments"));
        Assert.Equal(0, (await server.RunAsync("gateway", "sync", file)).Code);
        Assert.Equal(1, server.Plane.Current.Revision);
        var workspace = server.Plane.Current.Workspace("payments")!.Id;
        Assert.Equal(1, server.Plane.Current.Table(workspace, ControlKinds.Services).Count);
        Assert.Equal(0, server.Plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Services).Count);
        Assert.Contains("_workspace: payments\n", (await server.RunAsync("gateway", "dump", "-w", "payments")).Output);
        Assert.Contains("Created: 0", (await server.RunAsync("gateway", "sync", file)).Output);
    }

    [Fact]
    public async Task A_workspace_that_must_not_be_made_is_told()
    {
        await using var server = await ControlServer.StartAsync();
        var ran = await server.RunAsync("gateway", "sync", server.File(Orders), "-w", "payments", "--skip-workspace-crud");
        Assert.Equal(1, ran.Code);
        Assert.Contains("the workspace 'payments' does not exist", ran.Error);
    }

    [Fact]
    public async Task A_dump_is_synced_without_a_change()
    {
        await using var server = await ControlServer.StartAsync();
        await server.RunAsync("gateway", "sync", server.File(Orders));
        foreach (var format in (string[])["yaml", "json"])
        {
            var path = server.PathOf("dump." + format);
            Assert.Equal(0, server.RunAsync("gateway", "dump", "-o", path, "--format", format) is var task ? (await task).Code : 1);
            Assert.Contains("Created: 0\n  Updated: 0\n  Deleted: 0", (await server.RunAsync("gateway", "sync", path)).Output);
            var again = await server.RunAsync("gateway", "dump", "-o", path, "--format", format);
            Assert.Equal(1, again.Code);
            Assert.Contains("--yes", again.Error);
        }
    }

    [Fact]
    public async Task A_sanitized_dump_says_nothing_of_its_owner()
    {
        await using var server = await ControlServer.StartAsync();
        await server.RunAsync("gateway", "sync", server.File(Orders));
        var ran = await server.RunAsync("gateway", "dump", "--sanitize");
        foreach (var word in (string[])["orders", "alice", "example"]) Assert.DoesNotContain(word, ran.Output);
        Assert.Contains("name: key-auth", ran.Output);
        Assert.Contains("/redacted/path/", ran.Output);
    }

    [Fact]
    public async Task A_reset_asks_and_where_nobody_answers_deletes_nothing()
    {
        await using var server = await ControlServer.StartAsync();
        await server.RunAsync("gateway", "sync", server.File(Orders));
        Assert.Equal(1, (await server.RunAsync("gateway", "reset")).Code);
        Assert.Equal(1, server.Plane.Current.Revision);
        Assert.Contains("Deleted: 5", (await server.RunAsync("gateway", "reset", "--force")).Output);
        Assert.Equal("_format_version: \"3.0\"\n", (await server.RunAsync("gateway", "dump")).Output);
    }

    [Fact]
    public async Task Standard_input_is_read_where_no_file_is_named()
    {
        await using var server = await ControlServer.StartAsync();
        Assert.Contains("Created: 5", (await server.RunAsync(Orders, ["gateway", "sync"])).Output);
        Assert.Contains("Created: 0", (await server.RunAsync(Orders, ["gateway", "sync", "-"])).Output);
        Assert.Equal(1, (await server.RunAsync("", "gateway", "sync", "-", "other.yaml")).Code);
    }

    [Fact]
    public async Task Validate_changes_nothing()
    {
        await using var server = await ControlServer.StartAsync();
        Assert.Equal((0, "", ""), await server.RunAsync("gateway", "validate", server.File(Orders)) is var ran ? (ran.Code, ran.Output, ran.Error) : default);
        Assert.Equal(1, (await server.RunAsync("gateway", "validate", server.File("_format_version: \"3.0\"\nservices:\n- name: a\n"))).Code);
        Assert.Equal(0, server.Plane.Current.Revision);
    }

    [Fact]
    public async Task Settings_stand_in_decKs_file_too()
    {
        await using var server = await ControlServer.StartAsync();
        var config = server.File("kong-addr: http://127.0.0.1:1\n", "deck.yaml");
        Assert.Equal(0, (await server.RunAsync("gateway", "ping", "--config", config)).Code);
        server["DECK_KONG_ADDR"] = null!;
        Assert.Contains("127.0.0.1:1", (await server.RunAsync("gateway", "ping", "--config", config)).Error);
    }
}
