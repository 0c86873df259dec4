using Weir.Telemetry;

namespace Weir.Server.Tests;

public sealed class MetricsFormatTests
{
    [Theory]
    [InlineData("application/openmetrics-text")]
    [InlineData("Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8")]
    [InlineData("application/openmetrics-text;version=\"1.0.0\"")]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2")]
    [InlineData("text/plain;q=0.5, application/openmetrics-text;q=0.5")]
    public void Whoever_asks_for_OpenMetrics_gets_it(string accept) => Assert.Equal("OpenMetrics", MetricsFormat.Of([accept]).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("*/*")]
    [InlineData("application/*")]
    [InlineData("text/plain")]
    [InlineData("text/html, */*;q=0.8")]
    [InlineData("text/plain;version=0.0.4, application/openmetrics-text;q=0.5")]
    [InlineData("application/openmetrics-text;q=0")]
    [InlineData("application/openmetrics-text;version=0.0.1")]
    [InlineData("application/openmetrics-text;version=2.0.0")]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")]
    [InlineData("no media type;;;")]
    public void Everybody_else_gets_the_older_text_format(string accept) => Assert.Equal("Text", MetricsFormat.Of([accept]).ToString());

    [Fact]
    public void Several_header_lines_count_as_one() =>
        Assert.Equal(ExpositionFormat.OpenMetrics, MetricsFormat.Of(["text/plain;q=0.1", "application/openmetrics-text"]));
}
