using BenchmarkDotNet.Attributes;
using Weir.Ai;

namespace Weir.Bench.Micro;

/// <summary>A chunk of a stream that passes: what looking for its usage costs.</summary>
public class UsageScanBenchmarks
{
    static readonly byte[] s_chunk =
    [
        .. "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-5-mini\",\"choices\":[{\"index\":0,"u8,
        .. "\"delta\":{\"content\":\" fox\"},\"finish_reason\":null}],\"usage\":null}\n\n"u8,
    ];

    readonly UsageScan _scan = new();

    [Benchmark]
    public bool Chunk()
    {
        _scan.Feed(s_chunk);
        return _scan.Usage is null;
    }
}
