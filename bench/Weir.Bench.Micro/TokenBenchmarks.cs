using BenchmarkDotNet.Attributes;
using Weir.Ai;

namespace Weir.Bench.Micro;

/// <summary>Counting the tokens of prompts.</summary>
public class TokenBenchmarks
{
    const int Repeats = 40;

    readonly string _english = Repeat("All human beings are born free and equal in dignity and rights, 48 times in 1948. ");
    readonly string _json = Repeat("{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"Hi!\"}]},\n");
    readonly string _chinese = Repeat("人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，");
    readonly string _oneLetter = new('a', 1_000_000);
    BytePairEncoder _encoder = null!;

    [GlobalSetup]
    public void SetUp() => _encoder = Vocabularies.O200kAsync().GetAwaiter().GetResult();

    [Benchmark]
    public long English3KB() => _encoder.Count(_english);

    [Benchmark]
    public long Json3KB() => _encoder.Count(_json);

    [Benchmark]
    public long Chinese3KB() => _encoder.Count(_chinese);

    /// <summary>The worst that a client can send: one word of a million letters.</summary>
    [Benchmark]
    public long OneWordOf1MB() => _encoder.Count(_oneLetter);

    static string Repeat(string text) => string.Concat(Enumerable.Repeat(text, Repeats));
}
