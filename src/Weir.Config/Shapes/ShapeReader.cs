using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Weir.Config;

/// <summary>
/// Turns a node into the record its shape describes. One walk reports every problem with its place and writes the record as JSON with all defaults in it;
/// only a node without problems is deserialised.
/// </summary>
sealed class ShapeReader(Report report, Profile profile, Secrets secrets) : IDisposable
{
    static readonly JsonWriterOptions Unvalidated = new() { SkipValidation = true };

    readonly ArrayBufferWriter<byte> _buffer = new();
    readonly Utf8JsonWriter _writer = new(Stream.Null, Unvalidated);
    FieldPath _path = new();
    string _entity = "";

    Utf8JsonWriter Json => _writer;

    /// <summary>The record, or null when there are problems, which are then reported.</summary>
    /// <param name="node">What the file says.</param>
    /// <param name="shape">The record asked for.</param>
    /// <param name="entity">The entity as people call it, for messages.</param>
    /// <param name="root">Path of the node inside the entity, for messages.</param>
    public object? Read(MapNode node, Shape shape, string entity, string root = "")
    {
        var errors = report.Errors;
        (_entity, _path) = (entity, new FieldPath(root));
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        WriteRecord(node, shape);
        _writer.Flush();
        if (report.Errors > errors)
            return null;
        try
        {
            return JsonSerializer.Deserialize(_buffer.WrittenSpan, shape.Type);
        }
        // A converter of the record refused what the shape allows. Its message may quote a value, so only the path is shown.
        catch (JsonException refused)
        {
            report.Error(node.Place, entity, refused.Path?.TrimStart('$', '.') ?? "", "invalid value");
            return null;
        }
    }

    public void Dispose() => _writer.Dispose();

    void WriteRecord(MapNode node, Shape shape)
    {
        if (shape.Shorthands.Count > 0)
            node = MoveShorthands(node, shape);
        Json.WriteStartObject();
        foreach (var entry in node.Entries)
        {
            _path.Push(entry.Key);
            if (shape.Fields.TryGetValue(entry.Key, out var field))
                WriteField(field, entry.Value);
            else
                Error(entry.KeyPlace, "unknown field" + Suggestion.For(entry.Key, shape.Order.Select(static each => each.Name)));
            _path.Pop();
        }
        foreach (var field in shape.Order)
            if (node.Find(field.Name) is null)
                WriteAbsent(field, node.Place);
        Json.WriteEndObject();
    }

    void WriteAbsent(FieldShape field, Place place)
    {
        if (field.Required)
        {
            _path.Push(field.Name);
            Error(place, "required field missing");
            _path.Pop();
            return;
        }
        if (field.Default(profile) is { } json)
        {
            Json.WritePropertyName(field.Name);
            Json.WriteRawValue(json, skipInputValidation: true);
        }
    }

    void WriteField(FieldShape field, Node value)
    {
        if (value is ScalarNode { Kind: ScalarKind.Null })
        {
            if (!field.Nullable || field.Required)
                WriteAbsent(field, value.Place);
            else
                Json.WriteNull(field.Name);
            return;
        }
        Json.WritePropertyName(field.Name);
        WriteValue(value, field.Shape, field.Rules);
    }

    void WriteValue(Node node, Shape shape, FieldRules rules)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Any:
                NodeJson.Write(Json, node);
                break;
            case ShapeKind.Record when shape.IsReference && node is ScalarNode { Kind: ScalarKind.Text } name:
                WriteReference(name);
                break;
            case ShapeKind.Record:
                if (Expect<MapNode>(node, "a record") is { } record)
                    WriteRecord(record, shape);
                break;
            case ShapeKind.Map:
                if (Expect<MapNode>(node, "a map") is { } map)
                    WriteMap(map, shape.Element!, rules);
                break;
            case ShapeKind.List:
                if (Expect<ListNode>(node, rules.Set ? "a set" : "an array") is { } list)
                    WriteList(list, shape.Element!, rules);
                break;
            default:
                if (Expect<ScalarNode>(node, Expected(shape.Kind)) is { } scalar)
                    WriteScalar(scalar, shape, rules);
                break;
        }
    }

    void WriteReference(ScalarNode name)
    {
        Json.WriteStartObject();
        Json.WriteString(TextFormats.IsUuid(name.Text) ? "id"u8 : "name"u8, name.Text);
        Json.WriteEndObject();
    }

    void WriteMap(MapNode map, Shape element, FieldRules rules)
    {
        Json.WriteStartObject();
        foreach (var entry in map.Entries)
        {
            _path.Push(entry.Key);
            Json.WritePropertyName(entry.Key);
            WriteValue(entry.Value, element, rules);
            _path.Pop();
        }
        Json.WriteEndObject();
    }

    void WriteList(ListNode list, Shape element, FieldRules rules)
    {
        if (rules.LengthMin is { } min && list.Items.Count < min)
            Error(list.Place, $"length must be at least {min}");
        if (rules.LengthMax is { } max && list.Items.Count > max)
            Error(list.Place, $"length must be at most {max}");
        var ofElements = rules.LengthMin is null && rules.LengthMax is null ? rules : rules with { LengthMin = null, LengthMax = null };
        var seen = rules.Set ? new HashSet<string>(StringComparer.Ordinal) : null;
        Json.WriteStartArray();
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (seen is not null && list.Items[i] is ScalarNode scalar && !seen.Add(scalar.Text))
                continue;
            _path.Push(i);
            WriteValue(list.Items[i], element, ofElements);
            _path.Pop();
        }
        Json.WriteEndArray();
    }

    void WriteScalar(ScalarNode scalar, Shape shape, FieldRules rules)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Boolean:
                WriteBoolean(scalar);
                break;
            case ShapeKind.Integer:
                WriteInteger(scalar, shape, rules);
                break;
            case ShapeKind.Number:
                WriteNumber(scalar, rules);
                break;
            case ShapeKind.Choice:
                WriteChoice(scalar, shape, rules);
                break;
            default:
                WriteText(scalar, rules);
                break;
        }
    }

    void WriteBoolean(ScalarNode scalar)
    {
        if (scalar.Kind == ScalarKind.Boolean)
            Json.WriteBooleanValue(scalar.Text == "true");
        else if (scalar.Plain && Scalars.OldBoolean(scalar.Text) is { } old)
            Json.WriteBooleanValue(old);
        else
            Unexpected(scalar, "a boolean");
    }

    void WriteInteger(ScalarNode scalar, Shape shape, FieldRules rules)
    {
        if (scalar.Kind is not (ScalarKind.Integer or ScalarKind.Number) || !Scalars.TryNumber(scalar.Text, out var number) || number != Math.Floor(number))
        {
            Unexpected(scalar, "an integer");
            return;
        }
        var range = rules.Range ?? (shape.Integers.Min, shape.Integers.Max);
        if (number < range.Min || number > range.Max)
            Error(scalar.Place, OutOfRange(range));
        else if (rules.Allowed.Count > 0 && !rules.Allowed.Contains(number.ToString(CultureInfo.InvariantCulture)))
            Error(scalar.Place, "expected one of: " + string.Join(", ", rules.Allowed));
        else if (Scalars.TryInteger(scalar.Text, out var integer))
            Json.WriteNumberValue(integer);
        else
            Json.WriteNumberValue(number < long.MinValue || number >= long.MaxValue ? 0 : (long)number);
    }

    void WriteNumber(ScalarNode scalar, FieldRules rules)
    {
        if (scalar.Kind is not (ScalarKind.Integer or ScalarKind.Number) || !Scalars.TryNumber(scalar.Text, out var number))
            Unexpected(scalar, "a number");
        else if (rules.Range is { } range && (number < range.Min || number > range.Max))
            Error(scalar.Place, OutOfRange(range));
        else
            Json.WriteNumberValue(number);
    }

    void WriteChoice(ScalarNode scalar, Shape shape, FieldRules rules)
    {
        var choices = rules.Allowed.Count > 0 ? rules.Allowed : shape.Choices;
        if (scalar.Kind == ScalarKind.Null)
            Unexpected(scalar, "a string");
        else if (choices.Contains(scalar.Text))
            Json.WriteStringValue(scalar.Text);
        else
            Error(scalar.Place, $"expected one of: {string.Join(", ", choices)}; found {scalar.Describe()}{Suggestion.For(scalar.Text, choices)}");
    }

    void WriteText(ScalarNode scalar, FieldRules rules)
    {
        if (scalar.Kind != ScalarKind.Text)
        {
            if (rules.Secret)
                Error(scalar.Place, "expected a string");
            else
                Unexpected(scalar, "a string");
            return;
        }
        var text = scalar.Text;
        if (VaultReference.Looks(text))
        {
            if (rules is { Secret: false, Referenceable: false })
                report.Warning(scalar.Place, _entity, _path.ToString(), "this field takes no vault references; the text is used as it is");
            else if (secrets.Resolve(text, scalar.Place, _entity, _path) is not { } resolved)
                return;
            else
                text = resolved;
        }
        if (TextProblem(text, rules) is { } problem)
            Error(scalar.Place, problem);
        else
            Json.WriteStringValue(text);
    }

    static string? TextProblem(string text, FieldRules rules)
    {
        if (VaultReference.Looks(text))
            return null;
        if (text.Length < (rules.LengthMin ?? 1))
            return $"length must be at least {rules.LengthMin ?? 1}";
        if (text.Length > rules.LengthMax)
            return $"length must be at most {rules.LengthMax}";
        if (rules.Allowed.Count > 0 && !rules.Allowed.Contains(text))
            return "expected one of: " + string.Join(", ", rules.Allowed);
        return rules.Format is { } format ? TextFormats.Problem(format, text, quote: !rules.Secret) : null;
    }

    MapNode MoveShorthands(MapNode node, Shape shape)
    {
        foreach (var (name, path) in shape.Shorthands)
        {
            // A null under the old name says no more than its absence: decK dumps both.
            if (node.Find(name) is not { } value || shape.Fields.ContainsKey(name))
                continue;
            node = node.Without(name);
            if (value is not ScalarNode { Kind: ScalarKind.Null })
                node = Put(node, path, value);
        }
        return node;
    }

    static MapNode Put(MapNode node, ReadOnlySpan<string> path, Node value)
    {
        var there = node.Find(path[0]);
        if (path.Length == 1)
            return there is null or ScalarNode { Kind: ScalarKind.Null } ? node.With(path[0], value) : node;
        return there switch
        {
            MapNode inner => node.With(path[0], Put(inner, path[1..], value)),
            null or ScalarNode { Kind: ScalarKind.Null } => node.With(path[0], Put(new MapNode(value.Place, []), path[1..], value)),
            _ => node,
        };
    }

    T? Expect<T>(Node node, string what) where T : Node
    {
        if (node is T expected)
            return expected;
        Unexpected(node, what);
        return null;
    }

    static string Expected(ShapeKind kind) => kind switch
    {
        ShapeKind.Integer => "an integer",
        ShapeKind.Number => "a number",
        ShapeKind.Boolean => "a boolean",
        _ => "a string",
    };

    static string OutOfRange((double Min, double Max) range) => range.Max >= long.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"value should be at least {range.Min}")
        : string.Create(CultureInfo.InvariantCulture, $"value should be between {range.Min} and {range.Max}");

    void Unexpected(Node node, string what) => Error(node.Place, $"expected {what}, found {node.Describe()}");

    void Error(Place place, string message) => report.Error(place, _entity, _path.ToString(), message);
}
