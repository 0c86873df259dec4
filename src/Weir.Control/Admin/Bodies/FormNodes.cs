using System.Globalization;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// Fields of a form as the record that they mean: <c>a.b=</c> stands in a record, <c>list[]=</c> and <c>list[1]=</c> in a list, commas separate elements,
/// nothing means null. Everything in a form is text; the shape of the record says what each should be.
/// </summary>
static class FormNodes
{
    public static MapNode Of(IReadOnlyList<(string Name, string Value)> fields, ControlKind? kind, string? plugin, ReadOptions read)
    {
        var root = new Branch();
        foreach (var (name, value) in fields) root.Add(Steps(name), value);
        var shape = kind is null ? null : Shape.Of(kind.Type);
        var map = Record(root, shape);
        if (kind != ControlKinds.Plugins || root.Children.GetValueOrDefault("config") is not { } settings) return map;
        var known = read.Plugins.GetValueOrDefault(map.FindText("name") ?? plugin ?? "");
        return map.With("config", known is null ? Guess(settings) : Value(settings, ConfigShape(known), null));
    }

    static Shape ConfigShape(PluginKind plugin) => Shape.Of(plugin.ConfigType);

    static List<string> Steps(string name)
    {
        List<string> steps = [];
        foreach (var part in name.Split('.'))
        {
            var open = part.IndexOf('[', StringComparison.Ordinal);
            if (open <= 0 || !part.EndsWith(']'))
            {
                steps.Add(part);
                continue;
            }
            steps.Add(part[..open]);
            steps.AddRange(part[(open + 1)..^1].Split("][").Select(static index => index.Length == 0 ? Branch.Next : index));
        }
        return steps;
    }

    static MapNode Record(Branch branch, Shape? shape)
    {
        List<MapEntry> entries = [];
        foreach (var (name, child) in branch.Children)
        {
            var field = shape?.Fields.GetValueOrDefault(name);
            var inner = field?.Shape ?? ShorthandShape(shape, name);
            entries.Add(new MapEntry(name, default, inner is null ? Text(child) : Value(child, inner, field?.Rules)));
        }
        return new MapNode(default, entries);
    }

    /// <summary>What a deprecated flat name stands for.</summary>
    static Shape? ShorthandShape(Shape? shape, string name)
    {
        if (shape?.Shorthands.FirstOrDefault(each => each.Name == name).Path is not { } path) return null;
        foreach (var step in path)
            if (shape?.Fields.GetValueOrDefault(step) is { } field) shape = field.Shape;
        return shape;
    }

    static Node Value(Branch branch, Shape shape, FieldRules? rules)
    {
        if (branch.IsNull) return Null;
        switch (shape.Kind)
        {
            case ShapeKind.Record when branch.Children.Count > 0:
                return Record(branch, shape);
            case ShapeKind.Map when branch.Children.Count > 0:
                return new MapNode(default, [.. branch.Children.Select(child => new MapEntry(child.Key, default, Value(child.Value, shape.Element!, rules)))]);
            case ShapeKind.List:
                return new ListNode(default, [.. Elements(branch).Select(element => Value(element, shape.Element!, rules))]);
            case ShapeKind.Any:
                return Guess(branch);
            default:
                return branch.Text is { } text ? Scalar(text, shape.Kind) : Text(branch);
        }
    }

    static IEnumerable<Branch> Elements(Branch branch)
    {
        if (branch.Children.Count > 0) return branch.Children.OrderBy(static child => Index(child.Key)).Select(static child => child.Value);
        const StringSplitOptions trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var texts = branch.Values.Count == 1 ? branch.Values[0].Split(',', trimmed) : [.. branch.Values];
        return texts.Select(static text => new Branch { Values = { text } });
    }

    static int Index(string key) => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : int.MaxValue;

    static ScalarNode Scalar(string text, ShapeKind wanted)
    {
        var kind = Scalars.KindOf(text);
        var fits = wanted switch
        {
            ShapeKind.Integer or ShapeKind.Number => kind is ScalarKind.Integer or ScalarKind.Number,
            ShapeKind.Boolean => kind == ScalarKind.Boolean,
            _ => false,
        };
        return new ScalarNode(default, fits ? kind : ScalarKind.Text, fits && kind == ScalarKind.Boolean ? text.ToLowerInvariant() : text);
    }

    /// <summary>Nothing says what it should be: what looks like a number is one.</summary>
    static Node Guess(Branch branch)
    {
        if (branch.IsNull) return Null;
        if (branch.Children.Count == 0) return branch.Values.Count == 1 ? Guess(branch.Values[0]) : new ListNode(default, [.. branch.Values.Select(Guess)]);
        if (branch.Children.Keys.All(static key => Index(key) != int.MaxValue)) return new ListNode(default, [.. Elements(branch).Select(Guess)]);
        return new MapNode(default, [.. branch.Children.Select(static child => new MapEntry(child.Key, default, Guess(child.Value)))]);
    }

    static ScalarNode Guess(string text) => new(default, Scalars.KindOf(text), text);

    static Node Text(Branch branch)
    {
        if (branch.IsNull) return Null;
        return branch.Children.Count > 0 ? Record(branch, null) : Nodes.Text(branch.Values[^1]);
    }

    static ScalarNode Null { get; } = new(default, ScalarKind.Null, "null");

    /// <summary>A place in the record, with what was said of it.</summary>
    sealed class Branch
    {
        /// <summary>The step of <c>[]</c>: the next element.</summary>
        public const string Next = "[]";

        public List<string> Values { get; } = [];

        public Dictionary<string, Branch> Children { get; } = new(StringComparer.Ordinal);

        public bool IsNull => Children.Count == 0 && Values.TrueForAll(static value => value.Length == 0);

        public string? Text => Children.Count == 0 && Values.Count > 0 ? Values[^1] : null;

        public void Add(List<string> steps, string value)
        {
            var at = this;
            foreach (var step in steps)
            {
                var key = step == Next ? at.FreeIndex() : step;
                if (!at.Children.TryGetValue(key, out var child)) at.Children[key] = child = new Branch();
                at = child;
            }
            at.Values.Add(value);
        }

        string FreeIndex()
        {
            var index = 1;
            while (Children.ContainsKey(index.ToString(CultureInfo.InvariantCulture))) index++;
            return index.ToString(CultureInfo.InvariantCulture);
        }
    }
}
