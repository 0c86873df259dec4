using Weir.Telemetry;

namespace Weir.Gateway.Tests.Record;

public class RequestMetricsTests
{
    readonly MetricRegistry _registry = new();

    [Fact]
    public void Counts_requests_bytes_and_latencies_by_route_and_service()
    {
        Series("orders", "orders-service").Record(SettledExchange.Full());
        var page = MetricsPage.Of(_registry);
        Assert.Contains("weir_http_requests_total{route=\"orders\",service=\"orders-service\",code=\"201\",source=\"upstream\"} 1\n", page);
        Assert.Contains("weir_http_request_bytes_total{route=\"orders\",service=\"orders-service\"} 321\n", page);
        Assert.Contains("weir_http_response_bytes_total{route=\"orders\",service=\"orders-service\"} 1234\n", page);
        Assert.Contains("weir_http_gateway_duration_seconds_sum{route=\"orders\",service=\"orders-service\"} 0.0026\n", page);
        Assert.Contains("weir_http_upstream_duration_seconds_sum{route=\"orders\",service=\"orders-service\"} 0.0102\n", page);
        Assert.Contains("weir_http_request_duration_seconds_sum{route=\"orders\",service=\"orders-service\"} 0.0159\n", page);
        Assert.Contains("weir_http_request_duration_seconds_bucket{route=\"orders\",service=\"orders-service\",le=\"0.025\"} 1\n", page);
        Assert.Contains("weir_http_request_duration_seconds_bucket{route=\"orders\",service=\"orders-service\",le=\"0.01\"} 0\n", page);
    }

    [Fact]
    public void Requests_without_a_route_have_empty_labels()
    {
        new RequestMetrics(_registry).SeriesOf(null).Record(SettledExchange.Unrouted());
        var page = MetricsPage.Of(_registry);
        Assert.Contains("weir_http_requests_total{route=\"\",service=\"\",code=\"404\",source=\"error\"} 1\n", page);
        Assert.Contains("weir_http_upstream_duration_seconds_count{route=\"\",service=\"\"} 0\n", page);
    }

    [Fact]
    public void Status_codes_outside_http_share_one_series_per_source()
    {
        var series = Series("orders", "s");
        foreach (var code in (int[])[600, 999, 0, 99, 12345])
        {
            var exchange = SettledExchange.Full();
            exchange.Http.Response.StatusCode = code;
            series.Record(exchange);
        }
        Assert.Contains("weir_http_requests_total{route=\"orders\",service=\"s\",code=\"other\",source=\"upstream\"} 5\n", MetricsPage.Of(_registry));
    }

    [Fact]
    public async Task Counts_every_request_of_many_threads_and_codes()
    {
        var series = Series("orders", "s");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var exchange = SettledExchange.Full();
            for (var i = 0; i < 1000; i++)
            {
                exchange.Http.Response.StatusCode = 200 + (i % 10);
                series.Record(exchange);
            }
        })));
        var page = MetricsPage.Of(_registry);
        for (var code = 200; code < 210; code++) Assert.Contains($"code=\"{code}\",source=\"upstream\"}} 400\n", page);
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        var series = Series("orders", "s");
        var exchange = SettledExchange.Full();
        Assert.Equal(0, Allocation.LeastBytes(() =>
        {
            for (var i = 0; i < 100; i++) series.Record(exchange);
        }));
    }

    [Fact]
    public void Configuration_changes_show_whether_the_last_one_was_applied()
    {
        var metrics = new ConfigMetrics(_registry, new ManualTime());
        metrics.Applied(1);
        metrics.Refused();
        var page = MetricsPage.Of(_registry);
        Assert.Contains("weir_config_last_apply_ok 0\n", page);
        Assert.Contains("weir_config_revision 1\n", page);
        Assert.Contains("weir_config_applied_timestamp_seconds 1772600767\n", page);
        Assert.Contains("weir_config_applies_total{result=\"refused\"} 1\n", page);
        metrics.Applied(2);
        Assert.Contains("weir_config_last_apply_ok 1\nweir_config_revision 2\n".Split('\n')[0], MetricsPage.Of(_registry));
    }

    [Fact]
    public void Open_connections_are_those_opened_and_not_closed()
    {
        var metrics = new ConnectionMetrics(_registry);
        metrics.Opened();
        metrics.Opened();
        metrics.Closed();
        var page = MetricsPage.Of(_registry);
        Assert.Contains("weir_connections_total 2\n", page);
        Assert.Contains("weir_connections_open 1\n", page);
    }

    RouteSeries Series(string route, string service) => new(new RequestMetrics(_registry), route, service);
}
