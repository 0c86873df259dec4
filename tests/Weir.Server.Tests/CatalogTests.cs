using System.Text.Json;
using Weir.Ai.Plugins;
using Weir.Gateway.Plugins;

namespace Weir.Server.Tests;

public sealed class CatalogTests
{
    [Fact]
    public void Holds_every_plugin_class_exactly_once()
    {
        var classes = new[] { typeof(KeyAuth), typeof(AiProxy) }.SelectMany(static known => known.Assembly.GetTypes())
            .Where(IsPlugin).Select(static type => type.FullName).Order();
        Assert.Equal(classes, Catalog.All.Select(static kind => kind.Type.FullName).Order());
    }

    [Fact]
    public void Gives_every_plugin_a_name_of_its_own() =>
        Assert.Empty(Catalog.All.GroupBy(static kind => kind.Name).Where(static same => same.Count() > 1).Select(static same => same.Key));

    /// <summary>A plugin without a Kong namesake stands where it wants.</summary>
    [Fact]
    public void Runs_plugins_in_the_order_of_kong() => Assert.Empty(OutOfOrder(Catalog.All.Select(static kind => kind.Name), KongPriorities()));

    [Fact]
    public void Sees_a_plugin_out_of_order() =>
        Assert.Equal(["key-auth stands after rate-limiting"], OutOfOrder(["cors", "rate-limiting", "brake", "key-auth", "file-log"], KongPriorities()));

    [Fact]
    public void Leaves_the_order_of_equal_priorities_open()
    {
        var priorities = KongPriorities();
        Assert.Equal(priorities["response-transformer"], priorities["response-transformer-advanced"]);
        Assert.Empty(OutOfOrder(["response-transformer", "response-transformer-advanced"], priorities));
        Assert.Empty(OutOfOrder(["response-transformer-advanced", "response-transformer"], priorities));
    }

    static bool IsPlugin(Type type) =>
        !type.IsAbstract && type.GetInterfaces().Any(static face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IPluginKind<>));

    /// <summary>Kong runs higher priorities first.</summary>
    static List<string> OutOfOrder(IEnumerable<string> names, Dictionary<string, int> priorities)
    {
        var known = names.Where(priorities.ContainsKey).ToList();
        var swapped = known.Zip(known.Skip(1)).Where(pair => priorities[pair.First] < priorities[pair.Second]);
        return [.. swapped.Select(static pair => $"{pair.Second} stands after {pair.First}")];
    }

    static Dictionary<string, int> KongPriorities()
    {
        using var stream = typeof(CatalogTests).Assembly.GetManifestResourceStream("plugin-priorities-3.9.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, int>>(stream)!;
    }
}
