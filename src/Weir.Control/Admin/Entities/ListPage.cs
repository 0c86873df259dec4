using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>A page of a list: how much is asked for, after what, and with which tags.</summary>
sealed class ListPage
{
    public const int SizeDefault = 100;
    public const int SizeMax = 1000;

    /// <summary>The parameters, for the OpenAPI document.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning)> Parameters =
    [
        ("size", "How many entities at most, 1 to 1000; 100 when absent."),
        ("offset", "Where to go on, as the page before says."),
        ("tags", "Only entities with all of these tags (a,b) or with one of them (a/b)."),
    ];

    int _size = SizeDefault;
    Guid _after;
    string[] _tags = [];
    bool _anyTag;

    /// <summary>What the request asks for, or why that cannot be.</summary>
    public static (ListPage? Page, Reply? Problem) Of(AdminCall call)
    {
        var page = new ListPage();
        if (call.Query("size") is { } size
            && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out page._size) || page._size is < 1 or > SizeMax))
            return (null, Reply.Of(new Refusal(400, 9, "invalid size", $"size must be an integer between 1 and {SizeMax}")));
        if (call.Query("offset") is { } offset && !TryOffset(offset, out page._after))
            return (null, Reply.Of(new Refusal(400, 7, "invalid offset", $"'{offset}' is not a valid offset: bad base64 encoding")));
        return page.ReadTags(call.Query("tags")) is { } problem ? (null, Reply.Of(problem)) : (page, null);
    }

    /// <summary>The last id before the page; all zeros for the start.</summary>
    public Guid After => _after;

    /// <summary>Whether entities are chosen by their tags.</summary>
    public bool IsFiltered => _tags.Length > 0;

    public bool Takes(Stored entity)
    {
        if (_tags.Length == 0) return true;
        var tags = entity.Tags().ToHashSet(StringComparer.Ordinal);
        return _anyTag ? _tags.Any(tags.Contains) : _tags.All(tags.Contains);
    }

    /// <summary>The page of entities that come in the order of their ids, from the one after <see cref="After"/> on.</summary>
    public Reply Show(AdminCall call, IEnumerable<Stored> entities)
    {
        List<Stored> shown = [];
        var more = false;
        foreach (var entity in entities)
        {
            if (!call.Rights.MayRead(entity, call.RoomOf(entity.Kind)) || !Takes(entity)) continue;
            if (shown.Count == _size)
            {
                more = true;
                break;
            }
            shown.Add(entity);
        }
        var view = call.View;
        return Reply.Write(200, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var entity in shown) EntityShown.Write(json, entity, view, call.Plane.Parts.Read);
            json.WriteEndArray();
            WriteNext(json, call, more ? Offset(shown[^1].Id) : null);
            json.WriteEndObject();
        });
    }

    /// <summary>Where the next page is: null at the end.</summary>
    static void WriteNext(Utf8JsonWriter json, AdminCall call, string? offset)
    {
        if (offset is null)
        {
            json.WriteNull("next");
            return;
        }
        var next = new StringBuilder(call.Path).Append("?offset=").Append(offset);
        foreach (var name in (ReadOnlySpan<string>)["size", "tags"])
            if (call.Query(name) is { } value)
                next.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        json.WriteString("next", next.ToString());
        json.WriteString("offset", offset);
    }

    static string Offset(Guid id) => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    static bool TryOffset(string offset, out Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id = default;
        if (offset.Length is 0 or > 24 || !Base64Url.IsValid(offset) || !Base64Url.TryDecodeFromChars(offset, bytes, out var written) || written != 16)
            return false;
        id = new Guid(bytes, bigEndian: true);
        return true;
    }

    Refusal? ReadTags(string? tags)
    {
        if (tags is null) return null;
        if (tags.Length == 0) return Refused("cannot be null");
        _anyTag = tags.Contains('/', StringComparison.Ordinal);
        if (_anyTag && tags.Contains(',', StringComparison.Ordinal)) return Refused("invalid filter syntax");
        _tags = tags.Split(_anyTag ? '/' : ',');
        return Array.TrueForAll(_tags, static tag => tag.Length > 0 && TextFormats.Problem(TextFormat.Tag, tag, quote: false) is null)
            ? null : Refused("invalid filter syntax");
    }

    static Refusal Refused(string message) =>
        new(400, 11, "invalid options", $"invalid option (tags: {message})", new JsonObject { ["tags"] = message });
}
