using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Weir.Ai;

/// <summary>The providers' names as configuration and records write them.</summary>
static class ProviderNames
{
    static readonly FrozenDictionary<ProviderName, string> Texts = typeof(ProviderName).GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToFrozenDictionary(static field => (ProviderName)field.GetValue(null)!, NameOf);

    static string NameOf(FieldInfo field) => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name;

    public static ICollection<string> All => Texts.Values;

    public static string TextOf(ProviderName name) => Texts[name];
}
