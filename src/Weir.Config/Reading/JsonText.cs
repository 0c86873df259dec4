using System.Text;
using System.Text.Json;

namespace Weir.Config;

/// <summary>Reads JSON text into nodes with places.</summary>
ref struct JsonText
{
    readonly string _file;
    readonly ReadLimits _limits;
    readonly Report _report;
    readonly ReadOnlySpan<byte> _text;
    Utf8JsonReader _reader;
    long _nodes;
    int _counted;
    int _line = 1;
    int _lineStart;

    JsonText(string file, ReadOnlySpan<byte> text, ReadLimits limits, Report report)
    {
        _file = file;
        _text = text;
        _limits = limits;
        _report = report;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = limits.DepthMax });
    }

    /// <summary>The document; null when it cannot be read, which is then reported.</summary>
    public static Node? Read(string file, string text, ReadLimits limits, Report report)
    {
        var json = new JsonText(file, Encoding.UTF8.GetBytes(text), limits, report);
        try
        {
            json._reader.Read();
            var root = json.ReadNode();
            json._reader.Read();
            return root;
        }
        catch (JsonException broken)
        {
            var place = new Place(file, (int)(broken.LineNumber ?? -1) + 1, (int)(broken.BytePositionInLine ?? -1) + 1);
            report.Error(place, "not valid JSON: " + broken.Message.Split(" LineNumber:")[0]);
            return null;
        }
        catch (InvalidOperationException broken)
        {
            report.Error(json.At(), "not valid JSON: " + broken.Message);
            return null;
        }
    }

    Node ReadNode()
    {
        if (++_nodes > _limits.NodesMax)
            throw new JsonException($"more than {_limits.NodesMax} nodes", null, At().Line - 1, 0);
        var place = At();
        return _reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadMap(place),
            JsonTokenType.StartArray => ReadList(place),
            JsonTokenType.String => new ScalarNode(place, ScalarKind.Text, _reader.GetString()!),
            JsonTokenType.Number => ReadNumber(place),
            JsonTokenType.True => new ScalarNode(place, ScalarKind.Boolean, "true"),
            JsonTokenType.False => new ScalarNode(place, ScalarKind.Boolean, "false"),
            _ => new ScalarNode(place, ScalarKind.Null, "null"),
        };
    }

    ScalarNode ReadNumber(Place place)
    {
        var text = Encoding.UTF8.GetString(_reader.ValueSpan);
        return new ScalarNode(place, text.AsSpan().ContainsAny('.', 'e', 'E') ? ScalarKind.Number : ScalarKind.Integer, text);
    }

    ListNode ReadList(Place place)
    {
        var items = new List<Node>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            items.Add(ReadNode());
        return new ListNode(place, items);
    }

    MapNode ReadMap(Place place)
    {
        var entries = new List<MapEntry>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var keyPlace = At();
            var key = _reader.GetString()!;
            _reader.Read();
            var value = ReadNode();
            if (keys.Add(key))
                entries.Add(new MapEntry(key, keyPlace, value));
            else
                _report.Error(keyPlace, "", key, $"the key '{key}' stands twice in the same object");
        }
        return new MapNode(place, entries);
    }

    Place At()
    {
        var start = (int)_reader.TokenStartIndex;
        for (; _counted < start; _counted++)
        {
            if (_text[_counted] != (byte)'\n')
                continue;
            _line++;
            _lineStart = _counted + 1;
        }
        return new Place(_file, _line, start - _lineStart + 1);
    }
}
