using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class RateLimitingConfigTests
{
    [Theory]
    [InlineData("""{}""", "", "at least one of these fields must be non-empty: 'second', 'minute', 'hour', 'day', 'month', 'year'")]
    [InlineData("""{"second": 11, "minute": 10}""", "", "The limit for minute(10.0) cannot be lower than the limit for second(11.0)")]
    [InlineData("""{"second": 11, "year": 10.25}""", "", "The limit for year(10.3) cannot be lower than the limit for second(11.0)")]
    [InlineData("""{"minute": 0}""", "minute", "value must be greater than 0")]
    [InlineData("""{"hour": -1}""", "hour", "value must be greater than 0")]
    [InlineData("""{"minute": 1, "limit_by": "header"}""", "header_name",
        "failed conditional validation given value of field 'limit_by': limit_by 'header' needs this field")]
    [InlineData("""{"minute": 1, "limit_by": "path"}""", "path",
        "failed conditional validation given value of field 'limit_by': limit_by 'path' needs this field")]
    [InlineData("""{"minute": 1, "policy": "redis", "redis": {"host": "r"}}""", "policy", "policy 'redis' is not supported yet; use local")]
    [InlineData("""{"minute": 1, "policy": "cluster"}""", "policy", "policy 'cluster' is not supported yet; use local")]
    [InlineData("""{"minute": 1, "sync_rate": 10}""", "sync_rate", "sync_rate can only be used with the redis policy")]
    public void Reports_a_rule_that_is_broken(string config, string field, string message) => Assert.Equal([(field, message)], Problems(config));

    [Theory]
    [InlineData("-1", false)]
    [InlineData("0.02", false)]
    [InlineData("10", false)]
    [InlineData("0.01", true)]
    [InlineData("0", true)]
    [InlineData("-2", true)]
    public void A_synchronisation_with_redis_has_a_shortest_interval(string rate, bool isRefused) => Assert.Equal(
        isRefused,
        Problems($$$"""{"minute": 1, "policy": "redis", "redis": {"host": "r"}, "sync_rate": {{{rate}}}}""")
            .Contains(("sync_rate", "sync_rate must be greater than 0.02, or -1 to disable")));

    [Fact]
    public void Reports_every_problem_at_once() =>
        Assert.Equal(4, Problems("""{"second": 11, "minute": 10, "hour": 9, "limit_by": "header", "policy": "cluster"}""").Count);

    [Fact]
    public void A_redis_policy_without_a_host_is_told_so_too() =>
        Assert.Contains(Problems("""{"minute": 1, "policy": "redis"}"""), problem => problem.Field == "redis.host");

    [Fact]
    public void Redis_settings_are_read_and_do_no_harm_with_the_local_policy()
    {
        const string json = """
            {"minute": 1, "redis": {"host": "redis.test", "port": 6380, "timeout": 1, "username": "u", "password": "p", "database": 2, "ssl": true,
             "ssl_verify": true,
             "server_name": "redis.test", "cloud_authentication": {"auth_provider": "aws", "aws_cache_name": "c", "aws_region": "r", "aws_is_serverless": false,
             "aws_access_key_id": "a", "aws_secret_access_key": "s", "aws_assume_role_arn": "x", "aws_role_session_name": "n", "gcp_service_account_json": "{}",
             "azure_client_id": "i", "azure_client_secret": "z", "azure_tenant_id": "t"}}}
            """;
        Assert.Empty(Problems(json));
        var redis = Read(json).Redis;
        Assert.Equal(("redis.test", 6380, 1, "u", "p"), (redis.Host, redis.Port, redis.Timeout, redis.Username, redis.Password));
        Assert.Equal((2, true, true, "redis.test", CloudProvider.Aws),
            (redis.Database, redis.Ssl, redis.SslVerify, redis.ServerName, redis.CloudAuthentication!.AuthProvider));
    }

    [Fact]
    public void Defaults_are_those_of_Kong()
    {
        var config = Read("""{"minute": 1}""");
        Assert.Equal((LimitBy.Consumer, RateLimitingPolicy.Local, true, false),
            (config.LimitBy, config.Policy, config.FaultTolerant, config.HideClientHeaders));
        Assert.Equal((429, "API rate limit exceeded", -1), (config.ErrorCode, config.ErrorMessage, config.SyncRate));
        Assert.Equal((6379, 2000, 0, false, false), (config.Redis.Port, config.Redis.Timeout, config.Redis.Database, config.Redis.Ssl, config.Redis.SslVerify));
    }

    [Theory]
    [InlineData("""{"minute": "ten"}""", "minute", "expected a number")]
    [InlineData("""{"minutes": 10}""", "minutes", "unknown field")]
    [InlineData("""{"minute": 1, "limit_by": "cookie"}""", "limit_by", "expected one of")]
    [InlineData("""{"minute": 1, "error_code": 99}""", "error_code", "value should be between 100 and 599")]
    [InlineData("""{"minute": 1, "header_name": "a b"}""", "header_name", "")]
    [InlineData("""{"minute": 1, "path": "reports"}""", "path", "should start with")]
    [InlineData("""{"minute": 1, "redis": {"port": 65536}}""", "redis.port", "value should be between 0 and 65535")]
    public void Refuses_what_is_no_configuration(string json, string field, string message)
    {
        var problem = Assert.Single(Problems(json));
        Assert.Equal(field, problem.Field);
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    static IReadOnlyList<(string Field, string Message)> Problems(string config) => PluginHarness.Check<RateLimiting, RateLimiting.Config>(config);

    static RateLimiting.Config Read(string config) => ConfigText.Read<RateLimiting, RateLimiting.Config>(config).Config!;
}
