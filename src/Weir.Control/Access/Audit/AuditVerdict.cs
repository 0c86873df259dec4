using System.Text;

namespace Weir.Control;

/// <summary>What a look at a whole audit log says of it.</summary>
/// <param name="Lines">How many lines there are.</param>
/// <param name="First">Number of the first; what came before was let go.</param>
/// <param name="Problem">Where the chain breaks; null when it does not.</param>
sealed record AuditVerdict(long Lines, long First, string? Problem)
{
    /// <summary>Follows the chain of a log from its first line to its last.</summary>
    public static AuditVerdict Of(string folder)
    {
        var (lines, first) = (0L, 0L);
        string? hash = null;
        foreach (var path in FileAudit.FilesOf(folder))
        {
            var row = 0;
            foreach (var line in File.ReadLines(path))
            {
                row++;
                var bytes = Encoding.UTF8.GetBytes(line);
                var place = $"{Path.GetFileName(path)}:{row}";
                if (AuditLine.Read(bytes) is not var (number, previous)) return new AuditVerdict(lines, first, $"{place}: is no line of an audit log");
                if (hash is null) first = number;
                else if (number != first + lines) return new AuditVerdict(lines, first, $"{place}: number {first + lines} was expected, found {number}");
                else if (previous != hash) return new AuditVerdict(lines, first, $"{place}: the line before it was changed");
                hash = Convert.ToHexStringLower(AuditLine.HashOf(bytes));
                lines++;
            }
        }
        return new AuditVerdict(lines, first, null);
    }
}
