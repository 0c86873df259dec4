namespace Weir.House.Tests;

/// <summary>How a line of code may look.</summary>
static class LineRules
{
    public const int ColumnsMax = 160;

    public static IEnumerable<Finding> Check(SourceFile file)
    {
        for (var i = 0; i < file.Lines.Count; i++)
        {
            var line = file.Lines[i];
            if (line.Length > ColumnsMax)
                yield return new(file.Path, i + 1, $"{line.Length} columns; at most {ColumnsMax}");
            if (line.Contains('\t'))
                yield return new(file.Path, i + 1, "a tab; indent with spaces");
            if (line.EndsWith('\r'))
                yield return new(file.Path, i + 1, "ends with CR LF; lines end with LF");
            else if (line.Length > 0 && char.IsWhiteSpace(line[^1]))
                yield return new(file.Path, i + 1, "white space at the end of the line");
        }

        if (file.Text.Length > 0 && !file.Text.EndsWith('\n'))
            yield return new(file.Path, file.Lines.Count, "the last line has no line end");
    }
}
