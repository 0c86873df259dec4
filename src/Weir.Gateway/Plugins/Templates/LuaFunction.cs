using System.Runtime.CompilerServices;

namespace Weir.Gateway.Plugins;

delegate LuaValue LuaRun(in LuaScope scope, in LuaArguments arguments);

/// <summary>A function that expressions may call.</summary>
/// <param name="Name">Full name: <c>string.lower</c>.</param>
/// <param name="Min">Least number of arguments.</param>
/// <param name="Max">Greatest number of arguments.</param>
/// <param name="Run">What it does.</param>
sealed record LuaFunction(string Name, int Min, int Max, LuaRun Run)
{
    /// <summary>A fault in the words of Lua, for an argument that is not what is expected.</summary>
    public static LuaValue BadArgument(int position, string function, string expected, LuaValue found) =>
        LuaValue.Fault($"bad argument #{position} to '{function}' ({expected} expected, got {found.TypeName})");
}

/// <summary>Arguments of a call; those not given are nil.</summary>
[InlineArray(Max)]
struct LuaArguments
{
    public const int Max = 4;

    LuaValue _first;
}
