using Weir.Gateway;

namespace Weir.Acceptance;

/// <summary>
/// The transport that gateways of these tests run on: WEIR_TEST_TRANSPORT=loops or sockets, or the default of the settings. `./test` runs the suite on both.
/// </summary>
static class TestTransport
{
    const string Variable = "WEIR_TEST_TRANSPORT";
    const string Setting = "WEIR_TRANSPORT";

    static readonly string? s_name = Environment.GetEnvironmentVariable(Variable);

    public static TransportKind Kind { get; } = s_name is null ? new NodeSettings().Transport : Enum.Parse<TransportKind>(s_name, ignoreCase: true);

    /// <summary>Tells a process that is about to start; it would refuse a variable that names no setting.</summary>
    public static void PassOn(IDictionary<string, string?> environment)
    {
        environment.Remove(Variable);
        if (s_name is not null) environment[Setting] = s_name;
    }
}
