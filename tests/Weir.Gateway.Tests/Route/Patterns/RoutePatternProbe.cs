using Weir.Config;

namespace Weir.Gateway.Tests;

/// <summary>Runs a pattern as written, not as a path's or a header's, and keeps what its groups took.</summary>
sealed class RoutePatternProbe(string pattern)
{
    readonly PatternProgram _program = PatternCompiler.Compile(pattern);
    int[] _slots = [];

    public int Start { get; private set; } = -1;

    public int Length { get; private set; } = -1;

    public RoutePatternProbe Find(string input)
    {
        _slots = new int[(_program.GroupNames.Count + 1) * 2];
        Array.Fill(_slots, -1);
        // The smallest scratch space, so that growing is exercised.
        var run = new PatternRun(_program, input, _slots, stackalloc ulong[1], stackalloc int[2]);
        if (run.Find(out var start, out var end)) (Start, Length) = (start, end - start);
        run.Release();
        return this;
    }

    public string? Group(string input, int number) => _slots[(number * 2) + 1] < 0 ? null : input[_slots[number * 2].._slots[(number * 2) + 1]];
}
