using System.Collections.Concurrent;

namespace Weir.Server;

/// <summary>Remembers the beginnings of prompts, as providers do, so that cached tokens can be seen in usage.</summary>
sealed class MockPromptCache(TimeProvider time)
{
    /// <summary>Beginnings kept; when there are more, all are forgotten.</summary>
    const int BeginningsMax = 65_536;

    /// <summary>Without marks only beginnings of this length are cached, in whole steps.</summary>
    public const int UnmarkedTokensMin = 1024;
    public const int UnmarkedTokensStep = 128;

    readonly ConcurrentDictionary<ulong, long> _expiries = new();

    /// <summary>
    /// Tokens read from the cache and written into it: up to the last mark where there are marks, by itself where <paramref
    /// name="unmarked"/>.
    /// </summary>
    public MockCached Visit(MockTally prompt, bool unmarked)
    {
        var last = -1;
        for (var i = 0; i < prompt.Boundaries.Count; i++)
        {
            if (prompt.Boundaries[i].MarkTtl is not null) last = i;
        }
        if (last >= 0) return VisitMarks(prompt, last);
        return unmarked ? new MockCached(VisitUnmarked(prompt), 0, 0) : default;
    }

    MockCached VisitMarks(MockTally prompt, int last)
    {
        var read = 0;
        for (var i = last; i >= 0 && read == 0; i--)
        {
            if (IsKnown(prompt.Boundaries[i].Hash)) read = prompt.Boundaries[i].Tokens;
        }
        var (written, writtenLong, from) = (0, 0, read);
        for (var i = 0; i <= last; i++)
        {
            var (hash, tokens, ttl) = prompt.Boundaries[i];
            if (ttl is null) continue;
            Keep(hash, ttl == "1h" ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(5));
            if (tokens <= from) continue;
            if (ttl == "1h") writtenLong += tokens - from;
            else written += tokens - from;
            from = tokens;
        }
        return new MockCached(read, written, writtenLong);
    }

    int VisitUnmarked(MockTally prompt)
    {
        var read = 0;
        foreach (var (hash, tokens, _) in prompt.Boundaries)
        {
            if (tokens < UnmarkedTokensMin) continue;
            if (IsKnown(hash)) read = tokens;
            Keep(hash, TimeSpan.FromMinutes(5));
        }
        return read / UnmarkedTokensStep * UnmarkedTokensStep;
    }

    bool IsKnown(ulong hash) => _expiries.TryGetValue(hash, out var expiry) && time.GetUtcNow().UtcTicks < expiry;

    void Keep(ulong hash, TimeSpan life)
    {
        if (_expiries.Count >= BeginningsMax) _expiries.Clear();
        _expiries[hash] = (time.GetUtcNow() + life).UtcTicks;
    }
}

/// <summary>Tokens of a prompt by what the cache did with them.</summary>
/// <param name="Read">Found in the cache.</param>
/// <param name="Written">Put there for five minutes.</param>
/// <param name="WrittenLong">Put there for an hour.</param>
readonly record struct MockCached(int Read, int Written, int WrittenLong);
