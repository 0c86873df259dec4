namespace Weir.House.Tests;

/// <summary>A place in the tree that breaks a rule, and what is expected there. Line 0 stands for the whole file.</summary>
readonly record struct Finding(string Path, int Line, string Message)
{
    public override string ToString() => Line == 0 ? $"{Path}: {Message}" : $"{Path}:{Line}: {Message}";

    /// <summary>Fails the running test with every finding, one a line.</summary>
    public static void ExpectNone(IEnumerable<Finding> findings)
    {
        var all = findings.ToList();
        if (all.Count > 0)
            Assert.Fail($"{all.Count} found:\n{string.Join('\n', all)}");
    }
}
