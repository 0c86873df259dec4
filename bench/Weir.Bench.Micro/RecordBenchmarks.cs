using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Telemetry;

namespace Weir.Bench.Micro;

/// <summary>What is kept of an exchange that is over: metrics, and a line of the access log.</summary>
public class RecordBenchmarks
{
    const string Document = """
        _format_version: "3.0"
        services:
        - { name: orders, url: "http://127.0.0.1:1", routes: [{ name: orders, paths: [/v1] }] }
        """;

    readonly InMemoryGateway _gateway = new(Document);
    AccessLog _json = null!;
    AccessLog _text = null!;

    [GlobalSetup]
    public async Task SetUp()
    {
        _json = Open(AccessLogFormat.Json);
        _text = Open(AccessLogFormat.Text);
        await _gateway.BeginAsync();
    }

    [GlobalCleanup]
    public async Task CleanUp()
    {
        await _json.DisposeAsync();
        await _text.DisposeAsync();
        _gateway.Dispose();
    }

    [Benchmark]
    public void Metrics() => _gateway.Recorder.Complete(_gateway.Passage);

    [Benchmark]
    public void JsonLine() => _json.Write(_gateway.Passage.Exchange);

    [Benchmark]
    public void TextLine() => _text.Write(_gateway.Passage.Exchange);

    AccessLog Open(AccessLogFormat format)
    {
        var settings = new LogSettings { Name = format.ToString() };
        return new AccessLog(new LogWriter(new Nowhere(), settings, _gateway.Metrics, TimeProvider.System, NullLogger.Instance), format, logsQuery: true);
    }

    sealed class Nowhere : ILogSink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> lines) => default;

        public void Reopen()
        {
        }

        public void Dispose()
        {
        }
    }
}
