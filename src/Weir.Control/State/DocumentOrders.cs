using Weir.Config;

namespace Weir.Control;

/// <summary>Entities of documents in the order of their ids.</summary>
readonly struct DocumentOrder : ITreeOrder<Entity, string>
{
    public static string KeyOf(Entity item) => item.Id!;

    public static int Compare(string left, string right) => string.CompareOrdinal(left, right);
}

/// <summary>Plugins of documents in the order of their ids.</summary>
readonly struct PluginOrder : ITreeOrder<DeclaredPlugin, string>
{
    public static string KeyOf(DeclaredPlugin item) => item.Entity.Id!;

    public static int Compare(string left, string right) => string.CompareOrdinal(left, right);
}
