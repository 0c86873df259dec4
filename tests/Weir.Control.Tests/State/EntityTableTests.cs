using System.Text;

namespace Weir.Control.Tests;

/// <summary>A table while it is edited.</summary>
public sealed class EntityTableTests
{
    static readonly Guid Low = new("10000000-0000-4000-8000-000000000000");
    static readonly Guid High = new("f0000000-0000-4000-8000-000000000000");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_name_that_two_have_for_a_moment_means_the_one_that_is_new(bool isNewLower)
    {
        var (old, fresh) = isNewLower ? (High, Low) : (Low, High);
        var editor = EntityTable.Of(ControlKinds.Services, [Service(old, "web")]).Edit();
        editor.Put(Service(fresh, "web"));
        Assert.Equal(fresh, editor.Find("web")!.Id);
        editor.Remove(editor.Find(old)!);
        Assert.Equal(fresh, editor.Find("web")!.Id);
        editor.Remove(editor.Find(fresh)!);
        Assert.Null(editor.Find("web"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_of_two_with_one_name_clash(bool isNewLower)
    {
        var (old, fresh) = isNewLower ? (High, Low) : (Low, High);
        var editor = EntityTable.Of(ControlKinds.Services, [Service(old, "web")]).Edit();
        editor.Put(Service(fresh, "web"));
        Assert.Equal(old, editor.Clash(Service(fresh, "web"))!.Value.Other.Id);
        Assert.Equal(fresh, editor.Clash(Service(old, "web"))!.Value.Other.Id);
        Assert.Null(editor.Clash(Service(old, "other")));
    }

    static Stored Service(Guid id, string name) =>
        new(ControlKinds.Services, id, Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","name":"{{name}}","host":"a.test"}"""), 1);
}
