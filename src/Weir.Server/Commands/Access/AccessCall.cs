using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Requests about users, roles and tokens: they stand over all workspaces.</summary>
static class AccessCall
{
    const int PagesMax = 1000;

    public static Task<ControlReply> SendAsync(GatewayCall call, HttpMethod method, string path, JsonObject? body, CancellationToken cancellation) =>
        call.Client.SendAsync(method, null, path, body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()), cancellation);

    /// <summary>All entities of a list.</summary>
    public static async Task<IReadOnlyList<JsonObject>> ListAsync(GatewayCall call, string path, CancellationToken cancellation)
    {
        List<JsonObject> found = [];
        string? next = path;
        for (var page = 0; next is not null && page < PagesMax; page++)
        {
            var json = (await SendAsync(call, HttpMethod.Get, next, null, cancellation)).OrRefused().Json;
            found.AddRange((json["data"] as JsonArray ?? []).OfType<JsonObject>());
            next = json["next"]?.ToString().TrimStart('/');
        }
        return found;
    }

    public static string Escape(string name) => Uri.EscapeDataString(name);
}
