using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Config;

/// <summary>Builds shapes from JSON metadata.</summary>
static class ShapeOf
{
    static readonly ConcurrentDictionary<JsonTypeInfo, Lazy<Shape>> Built = new();

    /// <summary>The shape of a record with this metadata.</summary>
    public static Shape Record(JsonTypeInfo type) => Built.GetOrAdd(type, static type => new Lazy<Shape>(() => BuildRecord(type, []))).Value;

    // A record that contains itself is free JSON from the second level on.
    static Shape BuildRecord(JsonTypeInfo type, HashSet<Type> around)
    {
        if (!around.Add(type.Type))
            return new Shape { Kind = ShapeKind.Any, Type = type };
        var fields = Fields(type, around);
        around.Remove(type.Type);
        return new Shape
        {
            Kind = ShapeKind.Record,
            Type = type,
            Order = fields,
            Fields = fields.ToFrozenDictionary(static field => field.Name, StringComparer.Ordinal),
            Shorthands = [.. type.Type.GetCustomAttributes<ShorthandAttribute>(inherit: true).Select(static each => (each.Name, each.Path.Split('.')))],
        };
    }

    static List<FieldShape> Fields(JsonTypeInfo type, HashSet<Type> around)
    {
        // 'required' binds the compiler, not the runtime: the instance exists only to read the defaults off it.
        var blank = type.Type.GetConstructor(Type.EmptyTypes) is null
            ? RuntimeHelpers.GetUninitializedObject(type.Type)
            : Activator.CreateInstance(type.Type)!;
        return [.. type.Properties.Where(static property => property.Set is not null || property.AssociatedParameter is not null)
            .Select(property => Field(type, property, blank, around))];
    }

    static FieldShape Field(JsonTypeInfo owner, JsonPropertyInfo property, object blank, HashSet<Type> around)
    {
        var attributes = property.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [];
        var type = owner.Options.GetTypeInfo(property.PropertyType);
        var value = property.Get?.Invoke(blank);
        var json = value is null ? null : JsonSerializer.SerializeToUtf8Bytes(value, type);
        var since = attributes.OfType<DefaultSinceAttribute>().FirstOrDefault();
        var shape = Value(type, around);
        var patched = json is null ? null : Patched(json, shape);
        var newer = since is null ? patched : JsonSerializer.SerializeToUtf8Bytes(JsonNode.Parse(since.Json));
        return new FieldShape
        {
            Name = property.Name,
            Shape = shape,
            Required = property.IsRequired,
            Nullable = System.Nullable.GetUnderlyingType(property.PropertyType) is not null || (!property.PropertyType.IsValueType && property.IsSetNullable),
            Description = attributes.OfType<DescriptionAttribute>().FirstOrDefault()?.Description ?? "",
            Rules = Rules(attributes),
            Default = property.IsRequired ? static _ => null : profile => profile == Profile.V3_14 ? newer : json,
        };
    }

    // The default of a nested record with the newer defaults of its own fields.
    static byte[] Patched(byte[] json, Shape shape)
    {
        if (shape.Kind != ShapeKind.Record || JsonNode.Parse(json) is not JsonObject instance)
            return json;
        foreach (var field in shape.Order)
            if (field.Default(Profile.V3_14) is { } newer && field.Default(Profile.V3_9) is { } older && !newer.AsSpan().SequenceEqual(older))
                instance[field.Name] = JsonNode.Parse(newer);
        return JsonSerializer.SerializeToUtf8Bytes(instance);
    }

    static Shape Value(JsonTypeInfo type, HashSet<Type> around)
    {
        var plain = System.Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (plain.IsEnum)
            return new Shape { Kind = ShapeKind.Choice, Type = type, Choices = Choices(plain, type) };
        if (type.Kind == JsonTypeInfoKind.Object)
            return BuildRecord(type, around);
        if (type.Kind == JsonTypeInfoKind.Enumerable)
            return new Shape { Kind = ShapeKind.List, Type = type, Element = Value(type.Options.GetTypeInfo(type.ElementType!), around) };
        if (type.Kind == JsonTypeInfoKind.Dictionary)
            return new Shape { Kind = ShapeKind.Map, Type = type, Element = Value(type.Options.GetTypeInfo(type.ElementType!), around) };
        return new Shape { Kind = ScalarOf(plain), Type = type, Integers = RangeOf(plain) };
    }

    static ShapeKind ScalarOf(Type type) => System.Type.GetTypeCode(type) switch
    {
        TypeCode.String => ShapeKind.Text,
        TypeCode.Boolean => ShapeKind.Boolean,
        TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 => ShapeKind.Integer,
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal => ShapeKind.Number,
        _ => ShapeKind.Any,
    };

    static (long, long) RangeOf(Type type) => System.Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => (byte.MinValue, byte.MaxValue),
        TypeCode.Int16 => (short.MinValue, short.MaxValue),
        TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
        TypeCode.Int32 => (int.MinValue, int.MaxValue),
        TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };

    static List<string> Choices(Type plain, JsonTypeInfo type) =>
        [.. Enum.GetValues(plain).Cast<object>().Select(value => JsonSerializer.SerializeToElement(value, type).ToString())];

    static FieldRules Rules(object[] attributes)
    {
        var rules = new FieldRules();
        foreach (var attribute in attributes)
        {
            rules = attribute switch
            {
                FormatAttribute format => rules with { Format = format.Format },
                RangeAttribute range => rules with { Range = (AsDouble(range.Minimum), AsDouble(range.Maximum)) },
                MinLengthAttribute min => rules with { LengthMin = min.Length },
                MaxLengthAttribute max => rules with { LengthMax = max.Length },
                LengthAttribute length => rules with { LengthMin = length.MinimumLength, LengthMax = length.MaximumLength },
                AllowedValuesAttribute allowed => rules with { Allowed = [.. Words(allowed.Values)] },
                SetAttribute => rules with { Set = true },
                SecretAttribute => rules with { Secret = true },
                ReferenceableAttribute => rules with { Referenceable = true },
                _ => rules,
            };
        }
        return rules;
    }

    static IEnumerable<string> Words(IEnumerable values) =>
        values.Cast<object?>().Select(static value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null");

    static double AsDouble(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
