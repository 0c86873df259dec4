namespace Weir.Config;

/// <summary>Rules that hold between the fields of an entity and between entities.</summary>
static class EntityChecks
{
    public static void Run(Collector collected, Report report)
    {
        _ = collected;
        _ = report;
    }
}
