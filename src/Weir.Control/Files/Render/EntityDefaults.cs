using Weir.Config;

namespace Weir.Control;

/// <summary>What entities have that do not say it: defaults of the file (<c>_info.defaults</c>), then those that decK puts in.</summary>
sealed class EntityDefaults(MapNode? given)
{
    static readonly MapNode Service = Read("{connect_timeout: 60000, read_timeout: 60000, write_timeout: 60000, protocol: http}");
    static readonly MapNode Route = Read("{preserve_host: false, protocols: [http, https], regex_priority: 0, strip_path: true}");
    static readonly MapNode Target = Read("{weight: 100}");

    static readonly MapNode Upstream = Read("""
        algorithm: round-robin
        hash_fallback: none
        hash_on: none
        hash_on_cookie_path: /
        slots: 10000
        healthchecks:
          active:
            concurrency: 10
            healthy: {http_statuses: [200, 302], interval: 0, successes: 0}
            http_path: /
            https_verify_certificate: true
            timeout: 1
            type: http
            unhealthy: {http_failures: 0, http_statuses: [429, 404, 500, 501, 502, 503, 504, 505], interval: 0, tcp_failures: 0, timeouts: 0}
          passive:
            healthy:
              http_statuses: [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308]
              successes: 0
            type: http
            unhealthy: {http_failures: 0, http_statuses: [429, 500, 503], tcp_failures: 0, timeouts: 0}
        """);

    public MapNode Fill(string kind, MapNode entity)
    {
        if (given?.Find(kind) is MapNode own) entity = entity.Over(own);
        return kind switch
        {
            "service" => entity.Over(Service),
            // Routes by expression have a priority of another name and no path to strip.
            "route" when entity.Find("expression") is not null => entity.Over(Route.Without("regex_priority")),
            "route" => entity.Over(Route),
            "upstream" => entity.Over(Upstream),
            "target" => entity.Over(Target),
            _ => entity,
        };
    }

    static MapNode Read(string yaml) => new FileSource("defaults", yaml).ReadMap(new Report(1))!;
}
