using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Weir.Control;

/// <summary>Which entities have which tags.</summary>
static class TagEndpoints
{
    /// <summary>A place in the list of all tags of all entities: kind, entity and tag by their order.</summary>
    readonly record struct Spot(int Kind, Guid Id, int Tag);

    public static IEnumerable<Endpoint> All()
    {
        yield return new Endpoint("/tags", "tags",
            [Listing("Lists all tags with their entities.", static call => List(call, null))]);
        yield return new Endpoint("/tags/{tag}", "tags",
            [Listing("Lists the entities with a tag.", static call => List(call, call[0]))]);
    }

    static Operation Listing(string summary, Func<AdminCall, Task<Reply>> list) =>
        new("GET", Need.SignedIn, summary, list) { IsList = true, Query = ListPage.Parameters };

    static Task<Reply> List(AdminCall call, string? wanted)
    {
        var size = ListPage.SizeDefault;
        if (call.Query("size") is { } given
            && (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > ListPage.SizeMax))
            return Task.FromResult(Reply.Of(new Refusal(400, 9, "invalid size", $"size must be an integer between 1 and {ListPage.SizeMax}")));
        var after = new Spot(0, Guid.Empty, -1);
        if (call.Query("offset") is { } offset && !TryRead(offset, out after))
            return Task.FromResult(Reply.Of(new Refusal(400, 7, "invalid offset", $"'{offset}' is not a valid offset: bad base64 encoding")));
        var found = From(call, after).Where(each => wanted is null || each.Tag == wanted).Take(size + 1).ToList();
        return Task.FromResult(Reply.Write(200, json => Write(json, call, found, size)));
    }

    static void Write(Utf8JsonWriter json, AdminCall call, List<(Spot Spot, Stored Entity, string Tag)> found, int size)
    {
        json.WriteStartObject();
        json.WriteStartArray("data");
        foreach (var (_, entity, tag) in found.Take(size))
        {
            json.WriteStartObject();
            json.WriteString("tag", tag);
            json.WriteString("entity_name", entity.Kind.Name);
            json.WriteString("entity_id", entity.Id);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (found.Count <= size)
        {
            json.WriteNull("next");
        }
        else
        {
            var offset = Text(found[size - 1].Spot);
            var next = new StringBuilder(call.Path).Append("?offset=").Append(offset);
            if (call.Query("size") is not null) next.Append(CultureInfo.InvariantCulture, $"&size={size}");
            json.WriteString("next", next.ToString());
            json.WriteString("offset", offset);
        }
        json.WriteEndObject();
    }

    static IEnumerable<(Spot Spot, Stored Entity, string Tag)> From(AdminCall call, Spot after)
    {
        for (var kind = after.Kind; kind < ControlKinds.All.Count; kind++)
        {
            if (ControlKinds.All[kind].IsShared || !call.Rights.MayRead(ControlKinds.All[kind], call.Workspace)) continue;
            var table = call.State.Table(call.Workspace, ControlKinds.All[kind]);
            var id = kind == after.Kind ? after.Id : Guid.Empty;
            if (kind == after.Kind && table.Find(after.Id) is { } first)
                foreach (var each in Of(kind, first, after.Tag)) yield return each;
            foreach (var entity in table.After(id))
                foreach (var each in Of(kind, entity, -1)) yield return each;
        }
    }

    static IEnumerable<(Spot, Stored, string)> Of(int kind, Stored entity, int afterTag)
    {
        foreach (var (index, tag) in entity.Tags().Index())
            if (index > afterTag)
                yield return (new Spot(kind, entity.Id, index), entity, tag);
    }

    static string Text(Spot spot)
    {
        Span<byte> bytes = stackalloc byte[22];
        BinaryPrimitives.WriteInt16BigEndian(bytes, (short)spot.Kind);
        spot.Id.TryWriteBytes(bytes[2..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes[18..], spot.Tag);
        return Base64Url.EncodeToString(bytes);
    }

    static bool TryRead(string offset, out Spot spot)
    {
        Span<byte> bytes = stackalloc byte[22];
        spot = default;
        if (offset.Length is 0 or > 32 || !Base64Url.IsValid(offset) || !Base64Url.TryDecodeFromChars(offset, bytes, out var written) || written != 22)
            return false;
        spot = new Spot(BinaryPrimitives.ReadInt16BigEndian(bytes), new Guid(bytes[2..18], bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(bytes[18..]));
        return spot.Kind >= 0;
    }
}
