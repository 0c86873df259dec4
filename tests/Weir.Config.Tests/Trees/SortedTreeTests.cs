using FsCheck;
using FsCheck.Fluent;
using Tree = Weir.Config.SortedTree<
    Weir.Config.Tests.Trees.SortedTreeTests.Item, int, Weir.Config.Tests.Trees.SortedTreeTests.ByKey>;

namespace Weir.Config.Tests.Trees;

public sealed class SortedTreeTests
{
    internal sealed record Item(int Key, int Version);

    internal readonly struct ByKey : ITreeOrder<Item, int>
    {
        public static int KeyOf(Item item) => item.Key;

        public static int Compare(int left, int right) => left.CompareTo(right);
    }

    [Fact]
    public void Says_what_a_sorted_dictionary_says_after_any_edits()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var (tree, model) = (Tree.Empty, new SortedDictionary<int, Item>());
            for (var edits = 0; edits < 8; edits++)
            {
                var editor = tree.Edit();
                var before = tree.ToList();
                Change(random, editor, model);
                Assert.Equal(before, tree);
                tree = editor.ToTree();
                Assert.Equal(model.Values, tree);
                Assert.Equal(model.Count, tree.Count);
                var probe = random.Next(KeysMax);
                Assert.Equal(model.GetValueOrDefault(probe), tree.TryFind(probe, out var found) ? found : null);
                Assert.Equal(model.Values.Where(item => item.Key >= probe), tree.From(probe));
                for (var i = 0; i < model.Count; i += 37) Assert.Same(model.ElementAt(i).Value, tree.At(i));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Tells_exactly_what_two_versions_do_not_share()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var model = new SortedDictionary<int, Item>();
            var editor = Tree.Empty.Edit();
            Change(random, editor, model);
            var before = editor.ToTree();
            var then = new Dictionary<int, Item>(model);
            for (var edits = random.Next(4); edits >= 0; edits--) Change(random, editor, model);
            var after = editor.ToTree();
            List<(Item?, Item?)> told = [];
            Tree.Compare(before, after, (left, right) => told.Add((left, right)));
            var expected = then.Keys.Union(model.Keys).Order().Select(key => (then.GetValueOrDefault(key), model.GetValueOrDefault(key)))
                .Where(static pair => !ReferenceEquals(pair.Item1, pair.Item2)).ToList();
            Assert.Equal(expected, told);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Tells_one_change_among_many_items()
    {
        var editor = Tree.Empty.Edit();
        for (var i = 0; i < 200_000; i++) editor.Put(new Item(i, 0));
        var before = editor.ToTree();
        editor.Put(new Item(123_456, 1));
        var after = editor.ToTree();
        var told = 0;
        Tree.Compare(before, after, (_, _) => told++);
        Assert.Equal(1, told);
    }

    [Fact]
    public void A_version_stays_as_it_is_while_the_editor_that_made_it_goes_on()
    {
        var editor = Tree.Empty.Edit();
        editor.Put(new Item(1, 0));
        var one = editor.ToTree();
        editor.Put(new Item(1, 1));
        editor.Put(new Item(2, 0));
        Assert.Equal([new Item(1, 0)], one);
        Assert.True(editor.Remove(1));
        Assert.False(editor.Remove(1));
        Assert.Equal([new Item(2, 0)], editor.ToTree());
    }

    const int KeysMax = 3_000;

    static void Change(Random random, Tree.Editor editor, SortedDictionary<int, Item> model)
    {
        var (start, inOrder) = (random.Next(KeysMax), random.Next(3) == 0);
        var count = random.Next(4) == 0 ? random.Next(2_000) : random.Next(40);
        var removes = random.Next(3) == 0 ? 9 : random.Next(10);
        for (var i = 0; i < count; i++)
        {
            var key = inOrder ? (start + i) % KeysMax : random.Next(KeysMax);
            if (random.Next(10) < removes)
            {
                Assert.Equal(model.Remove(key), editor.Remove(key));
            }
            else
            {
                var item = new Item(key, random.Next());
                model[key] = item;
                editor.Put(item);
            }
        }
    }
}
