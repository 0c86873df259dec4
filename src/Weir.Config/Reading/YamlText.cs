using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Weir.Config;

/// <summary>
/// Reads YAML text into nodes from YamlDotNet's event stream: one document, aliases shared and not copied, merge keys applied, every size bounded.
/// </summary>
sealed class YamlText(string file, ReadLimits limits, Report report)
{
    const string StringTag = "tag:yaml.org,2002:str";
    const string MergeKey = "<<";

    /// <summary>An anchored node and how many nodes it stands for.</summary>
    readonly record struct Anchored(Node Node, long Nodes);

    readonly Dictionary<string, Anchored> _anchors = new(StringComparer.Ordinal);
    long _nodes;
    long _aliased;

    sealed class RefusedException(Place place, string message) : Exception(message)
    {
        public Place Place { get; } = place;
    }

    /// <summary>The document; null when it is empty or cannot be read, which is then reported.</summary>
    public static Node? Read(string file, string text, ReadLimits limits, Report report) => new YamlText(file, limits, report).Read(text);

    Node? Read(string text)
    {
        try
        {
            var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
            parser.MoveNext();
            if (!parser.MoveNext() || parser.Current is StreamEnd)
                return null;
            parser.MoveNext();
            var root = ReadNode(parser, depth: 0);
            parser.MoveNext();
            if (parser.MoveNext() && parser.Current is DocumentStart second)
                throw new RefusedException(At(second), "one YAML document per file is expected, found a second one");
            return root;
        }
        catch (RefusedException refused)
        {
            report.Error(refused.Place, refused.Message);
        }
        catch (YamlException broken)
        {
            report.Error(new Place(file, (int)broken.Start.Line, (int)broken.Start.Column), "not valid YAML: " + broken.Message);
        }
        // The scanner of the YAML library lets a few other exceptions out on text that is not YAML at all.
        catch (Exception unexpected) when (unexpected is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException
            or OverflowException)
        {
            report.Error(new Place(file, 0, 0), "not valid YAML: " + unexpected.Message);
        }
        return null;
    }

    // Enters with the node's first event current, leaves with its last event current.
    Node ReadNode(Parser parser, int depth)
    {
        var current = parser.Current!;
        if (++_nodes > limits.NodesMax)
            throw new RefusedException(At(current), $"more than {limits.NodesMax} nodes");
        if (depth > limits.DepthMax)
            throw new RefusedException(At(current), $"nested deeper than {limits.DepthMax} levels");
        if (current is AnchorAlias alias)
            return Expand(alias, depth);
        var before = _nodes + _aliased;
        Node node = current switch
        {
            YamlDotNet.Core.Events.Scalar scalar => ReadScalar(scalar),
            SequenceStart => ReadList(parser, depth),
            MappingStart => ReadMap(parser, depth),
            _ => throw new RefusedException(At(current), "a value is expected"),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
            _anchors[anchored.Anchor.Value] = new Anchored(node, _nodes + _aliased - before + 1);
        return node;
    }

    Node Expand(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var anchored))
            throw new RefusedException(At(alias), $"the alias *{alias.Value} has no anchor before it");
        CountAliased(anchored.Nodes, alias);
        if (depth + anchored.Node.Height > limits.DepthMax)
            throw new RefusedException(At(alias), $"nested deeper than {limits.DepthMax} levels");
        return anchored.Node;
    }

    void CountAliased(long nodes, ParsingEvent at)
    {
        _aliased += nodes;
        if (_aliased > limits.AliasedNodesMax)
            throw new RefusedException(At(at), $"aliases and merge keys stand for more than {limits.AliasedNodesMax} nodes");
    }

    ScalarNode ReadScalar(YamlDotNet.Core.Events.Scalar scalar)
    {
        var place = At(scalar);
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
        {
            if (scalar.Tag.Value == StringTag)
                return new ScalarNode(place, ScalarKind.Text, scalar.Value);
            if (!scalar.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
                throw new RefusedException(place, $"the YAML tag {scalar.Tag} is not supported");
        }
        if (scalar.Style != ScalarStyle.Plain)
            return new ScalarNode(place, ScalarKind.Text, scalar.Value);
        var kind = Scalars.KindOf(scalar.Value);
        var text = kind == ScalarKind.Boolean ? (scalar.Value[0] is 't' or 'T' ? "true" : "false") : scalar.Value;
        return new ScalarNode(place, kind, text, plain: true);
    }

    ListNode ReadList(Parser parser, int depth)
    {
        var place = At(parser.Current!);
        var items = new List<Node>();
        while (parser.MoveNext() && parser.Current is not SequenceEnd)
            items.Add(ReadNode(parser, depth + 1));
        return new ListNode(place, items);
    }

    MapNode ReadMap(Parser parser, int depth)
    {
        var start = parser.Current!;
        var entries = new List<MapEntry>();
        HashSet<string>? keys = null;
        List<Node>? merged = null;
        while (parser.MoveNext() && parser.Current is not MappingEnd)
        {
            var keyEvent = parser.Current!;
            if (ReadNode(parser, depth + 1) is not ScalarNode key)
                throw new RefusedException(At(keyEvent), "a key must be a plain text");
            parser.MoveNext();
            var value = ReadNode(parser, depth + 1);
            if (key is { Plain: true, Text: MergeKey })
                (merged ??= []).Add(value);
            else if (IsNew(key.Text, entries, ref keys))
                entries.Add(new MapEntry(key.Text, key.Place, value));
            else
                report.Error(At(keyEvent), "", key.Text, $"the key '{key.Text}' stands twice in the same map");
        }
        var map = new MapNode(At(start), entries);
        return merged is null ? map : Merge(map, merged, start);
    }

    static bool IsNew(string key, List<MapEntry> entries, ref HashSet<string>? keys)
    {
        const int linearMax = 16;
        if (entries.Count >= linearMax)
        {
            keys ??= entries.Select(static entry => entry.Key).ToHashSet(StringComparer.Ordinal);
            return keys.Add(key);
        }
        foreach (var entry in entries)
            if (entry.Key == key)
                return false;
        return true;
    }

    // yaml.org/type/merge: own keys win over merged ones, earlier merged maps over later ones; only the top level is merged.
    MapNode Merge(MapNode map, List<Node> merged, ParsingEvent start)
    {
        var entries = map.Entries.ToList();
        var keys = entries.Select(static entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var source in merged.SelectMany(static node => node is ListNode list ? list.Items : [node]))
        {
            if (source is not MapNode other)
                throw new RefusedException(source.Place, "a merge key '<<' takes a map or a list of maps");
            CountAliased(other.Entries.Count, start);
            foreach (var entry in other.Entries)
                if (keys.Add(entry.Key))
                    entries.Add(entry);
        }
        return new MapNode(map.Place, entries);
    }

    Place At(ParsingEvent at) => new(file, (int)at.Start.Line, (int)at.Start.Column);
}
