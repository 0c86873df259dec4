using System.Text.Json;
using Weir.Gateway;

namespace Weir.Server.Tests;

public sealed class SettingsReaderTests
{
    [Fact]
    public void Nothing_given_is_the_same_as_a_default_given()
    {
        var nothing = SettingsReader.Read(null, []);
        var given = SettingsReader.Read(null, [("drain_seconds", "30", "--set drain_seconds=30")]);
        Assert.Empty(nothing.Problems);
        Assert.Equal(Json(given.Settings!), Json(nothing.Settings!));

        static string Json(NodeSettings settings) => JsonSerializer.Serialize(settings, NodeSettingsJson.Default.NodeSettings);
    }

    [Fact]
    public void A_flag_wins_over_the_default_and_lists_are_separated_by_commas()
    {
        var (settings, problems) = SettingsReader.Read(null,
            [("proxy_listen", "127.0.0.1:80, [::1]:80", "--proxy"), ("connections_max", "7", "--set connections_max=7")]);
        Assert.Empty(problems);
        Assert.Equal(["127.0.0.1:80", "[::1]:80"], settings!.ProxyListen);
        Assert.Equal(7, settings.ConnectionsMax);
        Assert.Equal(30, settings.DrainSeconds);
    }

    [Theory]
    [InlineData("conections_max", "7", "--set conections_max=7: settings: conections_max: unknown field")]
    [InlineData("connections_max", "many", "--set connections_max=many: settings: connections_max: ")]
    [InlineData("connections_max", "-1", "--set connections_max=-1: settings: connections_max: ")]
    [InlineData("access_log", "loud", "--set access_log=loud: settings: access_log: expected one of: off, json, text")]
    public void A_problem_names_the_flag_it_came_from(string field, string value, string expected)
    {
        var (settings, problems) = SettingsReader.Read(null, [(field, value, $"--set {field}={value}")]);
        Assert.Null(settings);
        Assert.StartsWith(expected, Assert.Single(problems).ToString());
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_problem()
    {
        var (settings, problems) = SettingsReader.Read("/nowhere/node.yaml", []);
        Assert.Null(settings);
        Assert.Contains("/nowhere/node.yaml", Assert.Single(problems).ToString());
    }

    [Fact]
    public void What_Kubernetes_sets_for_a_Service_called_weir_is_no_setting()
    {
        Environment.SetEnvironmentVariable("WEIR_PORT", "tcp://10.0.0.1:80");
        Environment.SetEnvironmentVariable("WEIR_PORT_80_TCP_ADDR", "10.0.0.1");
        Environment.SetEnvironmentVariable("WEIR_SERVICE_HOST", "10.0.0.1");
        var (settings, problems) = SettingsReader.Read(null, []);
        Assert.Empty(problems);
        Assert.NotNull(settings);
    }
}
