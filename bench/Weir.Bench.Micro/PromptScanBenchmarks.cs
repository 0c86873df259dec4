using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Weir.Ai;

namespace Weir.Bench.Micro;

/// <summary>What it costs to let a prompt and its answer pass: scanning the body, changing it in place, finding the usage of the answer.</summary>
public class PromptScanBenchmarks
{
    const string Sentence = "The quick brown fox jumps over the lazy dog, \\\"again\\\".\\n";
    const int Turns = 10;

    static readonly byte[] s_otherModel = [.. "\"gpt-5-mini-2025-08-07\""u8];
    static readonly byte[] s_streamOptions = [.. "{\"include_usage\":true}"u8];

    readonly BodyEdits _edits = new();
    readonly ArrayBufferWriter<byte> _output = new(512 * 1024);
    readonly Problems _problems = new();
    byte[] _body = [];
    byte[] _answer = [];

    [Params(1, 16, 200)]
    public int KiB { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var turn = $$"""{"role":"user","content":"{{TextOf(KiB * 1024 / Turns)}}"}""";
        var turns = string.Join(',', Enumerable.Repeat(turn, Turns));
        _body = Encoding.UTF8.GetBytes($$"""{"model":"gpt-5-mini","messages":[{{turns}}],"temperature":0.7,"max_completion_tokens":512,"stream":true}""");
        const string usage = """{"prompt_tokens":14,"completion_tokens":8,"total_tokens":22,"prompt_tokens_details":{"cached_tokens":0}}""";
        var message = $$"""{"role":"assistant","content":"{{TextOf(KiB * 1024)}}"}""";
        _answer = Encoding.UTF8.GetBytes(
            $$"""{"id":"chatcmpl-1","model":"gpt-5-mini","choices":[{"index":0,"message":{{message}},"finish_reason":"stop"}],"usage":{{usage}}}""");
        if (!PromptScan.TryRead(_body, out _, _problems) || UsageScan.OfWhole(_answer) is null)
            throw new InvalidOperationException("the benchmark's own bodies cannot be read");
    }

    [Benchmark]
    public long Scan()
    {
        PromptScan.TryRead(_body, out var scan, _problems);
        return scan.Size.TextBytes;
    }

    [Benchmark]
    public int ScanAndEdit()
    {
        PromptScan.TryRead(_body, out var scan, _problems);
        _edits.Replace(scan.ModelPlace, s_otherModel);
        _edits.Insert(scan.RootStart, "stream_options", s_streamOptions);
        _output.ResetWrittenCount();
        _edits.Write(_body, _output);
        _edits.Clear();
        return _output.WrittenCount;
    }

    [Benchmark]
    public long UsageOfAnswer() => UsageScan.OfWhole(_answer)!.Input;

    static string TextOf(int bytes) => string.Concat(Enumerable.Repeat(Sentence, Math.Max(1, bytes / Sentence.Length)));
}
