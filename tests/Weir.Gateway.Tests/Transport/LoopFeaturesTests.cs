using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway.Tests;

/// <summary>The runtime's own collection says what one has to do.</summary>
public sealed class LoopFeaturesTests
{
    static readonly Type[] s_types = [.. typeof(FeatureCollection).Assembly.GetTypes().Take(30)];

    [Fact]
    public void Holds_what_the_runtimes_collection_holds()
    {
        var step = Gen.Zip(Gen.Choose(0, s_types.Length - 1), Gen.Elements("a", "b", null));
        Prop.ForAll(step.ArrayOf().ToArbitrary(), static steps =>
        {
            IFeatureCollection ours = new LoopFeatures(), theirs = new FeatureCollection();
            foreach (var (type, value) in steps) theirs[s_types[type]] = ours[s_types[type]] = value;
            return s_types.All(type => ours[type] == theirs[type])
                && ours.OrderBy(static pair => pair.Key.FullName).SequenceEqual(theirs.OrderBy(static pair => pair.Key.FullName));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Tells_that_something_changed()
    {
        var features = new LoopFeatures();
        var before = features.Revision;
        features.Set("x");
        Assert.NotEqual(before, features.Revision);
        Assert.Equal("x", features.Get<string>());
        features.Set<string>(null);
        Assert.Null(features.Get<string>());
        Assert.Empty(features);
    }
}
