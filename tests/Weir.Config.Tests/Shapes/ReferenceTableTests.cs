namespace Weir.Config.Tests;

public sealed class ReferenceTableTests
{
    [Fact]
    public void Has_a_row_per_field() => Assert.Equal(
        """
        | Field | Type | Default | What it is |
        |---|---|---|---|
        | `second` | integer, 1 to 1000 |  | Requests per second. |
        | `limit_by` | `consumer`, `ip` | `"consumer"` | What is counted. |
        | `key_names` | list of text, at least 1 | `["apikey"]` | Names of keys. |
        | `hide_credentials` | boolean | `false` (`true` with `--compat 3.14`) | Whether the key is removed. |
        | `allow` | set of address or range |  | Address ranges. |
        | `password` | text |  | A password. Secret; may be a vault reference. |
        | `status` | `401`, `403`, `429` | `429` | Status. |
        | `redis` | record |  | Where counters are. |
        | `redis.host` | host |  | Host. |
        | `redis.port` | integer, 0 to 65535 | `6379` | Port. |
        | `redis.ssl_verify` | boolean | `false` (`true` with `--compat 3.14`) | Server name. |
        | `headers` | map of text |  | Headers added. |
        | `factor` | number | `1.5` | Factor. |
        | `redis_host` | | | Deprecated: use `redis.host`. |
        | `redis_port` | | | Deprecated: use `redis.port`. |

        """.ReplaceLineEndings("\n"), ReferenceTable.Of(Samples.Plugins["sample"]));

    [Fact]
    public void Marks_what_is_required() =>
        Assert.Contains("| `word` | text | required | The word. |", ReferenceTable.Of(Samples.Plugins["strict"]), StringComparison.Ordinal);

    [Fact]
    public void Describes_every_field_of_every_entity()
    {
        foreach (var row in EntityKinds.All.SelectMany(kind => ReferenceTable.Of(kind).Split('\n').Skip(2).SkipLast(1)))
            Assert.Matches(@"\| [^|]+ \|$", row);
    }
}
