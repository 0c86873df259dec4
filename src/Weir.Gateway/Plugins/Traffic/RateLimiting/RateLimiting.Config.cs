using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using Weir.Limits;

namespace Weir.Gateway.Plugins;

sealed partial class RateLimiting
{
    const double SyncRateMin = 0.02;

    /// <summary>Configuration of rate-limiting.</summary>
    [Shorthand("redis_host", "redis.host"), Shorthand("redis_port", "redis.port"), Shorthand("redis_username", "redis.username")]
    [Shorthand("redis_password", "redis.password"), Shorthand("redis_database", "redis.database"), Shorthand("redis_timeout", "redis.timeout")]
    [Shorthand("redis_ssl", "redis.ssl"), Shorthand("redis_ssl_verify", "redis.ssl_verify"), Shorthand("redis_server_name", "redis.server_name")]
    public sealed record Config
    {
        [Description("Requests per second.")]
        public double? Second { get; init; }

        [Description("Requests per minute.")]
        public double? Minute { get; init; }

        [Description("Requests per hour.")]
        public double? Hour { get; init; }

        [Description("Requests per day.")]
        public double? Day { get; init; }

        [Description("Requests per month.")]
        public double? Month { get; init; }

        [Description("Requests per year.")]
        public double? Year { get; init; }

        [Description("Whose requests are counted together. Where a request has no such identity its client address is used.")]
        public LimitBy LimitBy { get; init; } = LimitBy.Consumer;

        [Description("Header whose value is the identity with limit_by: header."), Format(TextFormat.HeaderName)]
        public string? HeaderName { get; init; }

        [Description("Path whose requests are counted together with limit_by: path."), Format(TextFormat.Path)]
        public string? Path { get; init; }

        [Description("Where counters live: in this node's memory (local), in a database (cluster) or in Redis (redis).")]
        public RateLimitingPolicy Policy { get; init; } = RateLimitingPolicy.Local;

        [Description("Let requests through, unlimited and without limit headers, while the counters cannot be reached; else they are answered 500.")]
        public bool FaultTolerant { get; init; } = true;

        [Description("Do not tell clients about limits: no limit headers and no Retry-After.")]
        public bool HideClientHeaders { get; init; }

        [Description("Status of a refusal."), Range(100, 599)]
        public int ErrorCode { get; init; } = 429;

        [Description("Message of a refusal.")]
        public string ErrorMessage { get; init; } = "API rate limit exceeded";

        [Description("Seconds between two synchronisations of counters with Redis; -1 counts every request there at once.")]
        public double SyncRate { get; init; } = -1;

        [Description("The Redis server of policy: redis.")]
        public RedisConfig Redis { get; init; } = new();

        /// <summary>The limits that are set, from the shortest period to the longest.</summary>
        internal IEnumerable<(Period Period, double Limit)> Limits
        {
            get
            {
                if (Second is { } second) yield return (Period.Second, second);
                if (Minute is { } minute) yield return (Period.Minute, minute);
                if (Hour is { } hour) yield return (Period.Hour, hour);
                if (Day is { } day) yield return (Period.Day, day);
                if (Month is { } month) yield return (Period.Month, month);
                if (Year is { } year) yield return (Period.Year, year);
            }
        }
    }

    public static void Check(Config config, Problems problems)
    {
        CheckLimits(config, problems);
        if (config.LimitBy == LimitBy.Header && config.HeaderName is null) RequireFor(problems, "header_name", "header");
        if (config.LimitBy == LimitBy.Path && config.Path is null) RequireFor(problems, "path", "path");
        if (config.Policy != RateLimitingPolicy.Local)
            problems.Add("policy", $"policy '{(config.Policy == RateLimitingPolicy.Redis ? "redis" : "cluster")}' is not supported yet; use local");
        if (config.Policy == RateLimitingPolicy.Redis && config.Redis.Host is null)
            problems.Add("redis.host", "failed conditional validation given value of field 'policy': required field missing");
        // Both rules of the synchronisation are Kong's: kong/plugins/rate-limiting/schema.lua, validate_periods_order.
        if (config.Policy != RateLimitingPolicy.Redis && config.SyncRate is not -1)
            problems.Add("sync_rate", "sync_rate can only be used with the redis policy");
        if (config.Policy == RateLimitingPolicy.Redis && config.SyncRate is not -1 and < SyncRateMin)
            problems.Add("sync_rate", "sync_rate must be greater than 0.02, or -1 to disable");
    }

    static void CheckLimits(Config config, Problems problems)
    {
        (Period Period, double Limit)? shorter = null;
        foreach (var (period, limit) in config.Limits)
        {
            if (limit is not > 0 || double.IsInfinity(limit)) problems.Add(Name(period), "value must be greater than 0");
            if (shorter is { } lower && limit < lower.Limit)
                problems.Add(string.Create(CultureInfo.InvariantCulture,
                    $"The limit for {Name(period)}({limit:0.0}) cannot be lower than the limit for {Name(lower.Period)}({lower.Limit:0.0})"));
            shorter = (period, limit);
        }
        if (shorter is null) problems.Add("at least one of these fields must be non-empty: 'second', 'minute', 'hour', 'day', 'month', 'year'");

        static string Name(Period period) => period.ToString().ToLowerInvariant();
    }

    static void RequireFor(Problems problems, string field, string limitBy) =>
        problems.Add(field, $"failed conditional validation given value of field 'limit_by': limit_by '{limitBy}' needs this field");
}

/// <summary>Whose requests are counted together.</summary>
enum LimitBy
{
    [JsonStringEnumMemberName("consumer")] Consumer,
    [JsonStringEnumMemberName("credential")] Credential,
    [JsonStringEnumMemberName("ip")] Ip,
    [JsonStringEnumMemberName("service")] Service,
    [JsonStringEnumMemberName("header")] Header,
    [JsonStringEnumMemberName("path")] Path,
    [JsonStringEnumMemberName("consumer-group")] ConsumerGroup,
}

/// <summary>Where counters live.</summary>
enum RateLimitingPolicy
{
    [JsonStringEnumMemberName("local")] Local,
    [JsonStringEnumMemberName("cluster")] Cluster,
    [JsonStringEnumMemberName("redis")] Redis,
}
