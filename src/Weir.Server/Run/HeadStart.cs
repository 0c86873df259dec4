using Weir.Config;

namespace Weir.Server;

/// <summary>
/// A start is mostly compiling code for the first time. What every start needs and no setting changes is made on one core while the other reads the
/// command line and the settings; whoever needs it later finds it made, or waits for it.
/// </summary>
static class HeadStart
{
    public static void Begin() => _ = Task.Run(static () =>
    {
        _ = Catalog.All;
        DocumentReader.Prepare();
    });
}
