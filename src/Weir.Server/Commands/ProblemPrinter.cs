using Weir.Config;

namespace Weir.Server;

/// <summary>Prints what is wrong, one line a problem, errors first to see and warnings after.</summary>
static class ProblemPrinter
{
    public static void Print(IReadOnlyList<Problem> problems, TextWriter output)
    {
        foreach (var problem in problems) output.WriteLine(problem.ToString());
        var errors = problems.Count(problem => problem.Severity == Severity.Error);
        if (problems.Count > 0) output.WriteLine($"{Count(errors, "error")}, {Count(problems.Count - errors, "warning")}");
    }

    /// <summary>1 route, 2 routes.</summary>
    public static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
