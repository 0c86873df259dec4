using System.Globalization;
using System.Text.Json;

namespace Weir.Gateway.Plugins;

/// <summary>Kinds of value an expression can have.</summary>
enum LuaType
{
    Nil,
    Boolean,
    Number,
    String,

    /// <summary>One of the tables of the request, such as <c>headers</c>.</summary>
    Table,

    /// <summary>Evaluation failed; the value is the message. Faults pass through every operation.</summary>
    Fault,
}

/// <summary>
/// A value of the expression language. A failed evaluation is a value too, because requests decide what is missing: it must cost no exception.
/// </summary>
readonly struct LuaValue
{
    readonly object? _reference;
    readonly double _number;

    LuaValue(LuaType type, double number, object? reference) => (Type, _number, _reference) = (type, number, reference);

    public LuaType Type { get; }

    public static LuaValue Nil => default;

    public static LuaValue Of(bool value) => new(LuaType.Boolean, value ? 1 : 0, null);

    public static LuaValue Of(double value) => new(LuaType.Number, value, null);

    public static LuaValue Of(string? value) => value is null ? default : new(LuaType.String, 0, value);

    public static LuaValue Of(LuaTable table) => new(LuaType.Table, (double)table, null);

    public static LuaValue Fault(string message) => new(LuaType.Fault, 0, message);

    /// <summary>Everything but nil and false.</summary>
    public bool IsTruthy => Type != LuaType.Nil && !(Type == LuaType.Boolean && _number == 0);

    public bool IsFault => Type == LuaType.Fault;

    public double Number => _number;

    public string Text => (string)_reference!;

    public LuaTable Table => (LuaTable)_number;

    public string TypeName => Type.ToString().ToLowerInvariant();

    /// <summary>Text of a string or number, which operators on strings accept; null for anything else.</summary>
    public string? AsText() => Type switch
    {
        LuaType.String => Text,
        LuaType.Number => Format(_number),
        _ => null,
    };

    /// <summary>Number of a number or a numeral in a string; null for anything else.</summary>
    public double? AsNumber() => Type switch
    {
        LuaType.Number => _number,
        LuaType.String => LuaNumber.Parse(Text),
        _ => null,
    };

    /// <summary>What <c>tostring</c> gives.</summary>
    public string Show() => Type switch
    {
        LuaType.Nil => "nil",
        LuaType.Boolean => IsTruthy ? "true" : "false",
        LuaType.Number => Format(_number),
        LuaType.Table => "table",
        _ => Text,
    };

    public bool RawEquals(LuaValue other) =>
        Type == other.Type && (_number.Equals(other._number) || (Type == LuaType.Number && _number == other._number))
            && string.Equals(_reference as string, other._reference as string);

    /// <summary>Writes the value as JSON; tables and faults, which are no data, as null.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        switch (Type)
        {
            case LuaType.Boolean: json.WriteBooleanValue(IsTruthy); break;
            case LuaType.Number when double.IsFinite(_number): json.WriteNumberValue(_number); break;
            case LuaType.String: json.WriteStringValue(Text); break;
            default: json.WriteNullValue(); break;
        }
    }

    // Lua 5.1 prints numbers with "%.14g".
    static string Format(double number)
    {
        if (double.IsNaN(number)) return "nan";
        if (double.IsInfinity(number)) return number > 0 ? "inf" : "-inf";
        return Math.Abs(number) < 1e15 && Math.Floor(number) == number
            ? ((long)number).ToString(CultureInfo.InvariantCulture)
            : number.ToString("G14", CultureInfo.InvariantCulture).Replace('E', 'e');
    }
}

/// <summary>Tables that expressions can index.</summary>
enum LuaTable
{
    Headers,
    QueryParams,
    UriCaptures,
    Shared,
}
