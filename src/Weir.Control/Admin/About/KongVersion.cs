using Weir.Config;

namespace Weir.Control;

/// <summary>The version of Kong that clients take this for: they choose what to send by it.</summary>
static class KongVersion
{
    public static string Of(Profile profile) => profile == Profile.V3_14 ? "3.14.0" : "3.9.1";
}
