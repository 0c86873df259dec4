using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Weir.Ai.Tests;

/// <summary>Spans and metrics as OpenTelemetry's conventions name them. Listeners hear the whole process: a model of each test's own tells its calls.</summary>
public sealed class GenAiTests : IDisposable
{
    readonly ConcurrentQueue<Activity> _spans = new();
    readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = new();
    readonly ActivityListener _activities = new();
    readonly MeterListener _meters = new();

    public GenAiTests()
    {
        _activities.ShouldListenTo = static source => source.Name == GenAiNames.Source;
        _activities.Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded;
        _activities.ActivityStopped = _spans.Enqueue;
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == GenAiNames.Source) listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _meters.Start();
    }

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Tell_of_a_stream_its_tokens_and_its_pace()
    {
        var rig = new ProxyRig(Config("gpt-pace"));
        rig.Provider.Play(new ScriptedReply(200, (1, ChatAnswers.Role), (1, ChatAnswers.Chunk("Hi")), (8, ChatAnswers.End))
        {
            IsEventStream = true,
            HeadSeconds = 1,
        });
        await AskAsync(rig, "gpt-pace", isStream: true);
        var tags = TagsOf("gpt-pace");
        Assert.Equal(("chat", "openai", "gpt-4o-2024"), (tags["gen_ai.operation.name"], tags["gen_ai.provider.name"], tags["gen_ai.response.model"]));
        Assert.Equal((10L, 5L, "c1"), (tags["gen_ai.usage.input_tokens"], tags["gen_ai.usage.output_tokens"], tags["gen_ai.response.id"]));
        Assert.Equal(["stop"], (string[])tags["gen_ai.response.finish_reasons"]!);
        Assert.Equal(("stream", "settled"), (tags["kong.gen_ai.request.mode"], tags["weir.llm.stream_state"]));
        Assert.Equal([10, 5], Values("gpt-pace", "gen_ai.client.token.usage"));
        Assert.Equal([3], Values("gpt-pace", "gen_ai.server.time_to_first_token"));
        Assert.Equal([2], Values("gpt-pace", "gen_ai.server.time_per_output_token"));
        Assert.Equal([11], Values("gpt-pace", "gen_ai.client.operation.duration"));
    }

    [Theory]
    [InlineData("gpt-refused", 429, UpstreamFailure.None, "429")]
    [InlineData("gpt-away", 0, UpstreamFailure.Unreachable, "provider")]
    [InlineData("gpt-late", 0, UpstreamFailure.Timeout, "timeout")]
    public async Task Tell_what_a_call_failed_with(string model, int status, UpstreamFailure failure, string error)
    {
        var rig = new ProxyRig(Config(model));
        rig.Provider.Play(failure == UpstreamFailure.None ? ScriptedReply.Refusal(status) : new ScriptedReply(0) { NoAnswer = failure });
        await AskAsync(rig, model, isStream: false);
        Assert.Equal(error, TagsOf(model)["error.type"]);
        Assert.Equal(error, Assert.Single(_measured, each => Is(each.Tags, model) && each.Name == "gen_ai.client.operation.duration").Tags["error.type"]);
    }

    [Fact]
    public async Task The_span_is_the_clients_child_and_the_providers_parent()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var rig = new ProxyRig(Config("gpt-parent"));
        await AskAsync(rig, "gpt-parent", isStream: false, exchange => exchange.Http.Request.Headers.TraceParent = $"00-{Trace}-00f067aa0ba902b7-01");
        var span = _spans.Single(span => (string?)span.GetTagItem("gen_ai.request.model") == "gpt-parent");
        Assert.Equal((Trace, "00f067aa0ba902b7"), (span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
        var sent = Assert.Single(rig.Provider.Sent[0].Headers, static header => header.Key == "traceparent");
        Assert.Equal($"00-{Trace}-{span.SpanId.ToHexString()}-01", sent.Value);
    }

    [Fact]
    public async Task A_trace_that_is_none_begins_a_new_one()
    {
        var rig = new ProxyRig(Config("gpt-odd"));
        await AskAsync(rig, "gpt-odd", isStream: false, static exchange => exchange.Http.Request.Headers.TraceParent = "00-zz-zz-zz");
        Assert.Equal(default, _spans.Single(static span => (string?)span.GetTagItem("gen_ai.request.model") == "gpt-odd").ParentSpanId);
    }

    Dictionary<string, object?> TagsOf(string model) =>
        _spans.Single(span => (string?)span.GetTagItem("gen_ai.request.model") == model).TagObjects.ToDictionary();

    double[] Values(string model, string name) => [.. _measured.Where(each => each.Name == name && Is(each.Tags, model)).Select(static each => each.Value)];

    static bool Is(Dictionary<string, object?> tags, string model) => (string?)tags.GetValueOrDefault("gen_ai.request.model") == model;

    void Measured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((instrument.Name, value, tags.ToArray().ToDictionary()));

    static Task AskAsync(ProxyRig rig, string model, bool isStream, Action<Weir.Exchange>? prepare = null)
    {
        var stream = isStream ? "true" : "false";
        var body = $$"""{"model":"{{model}}","stream":{{stream}},"messages":[{"role":"user","content":"x"}]}""";
        return rig.AskAsync("/v1/chat/completions", body, prepare);
    }

    static string Config(string model) =>
        $$"""{"targets":[{"model":{"provider":"openai","name":"{{model}}","options":{"upstream_url":"http://a.test"} } }]}""";
}
