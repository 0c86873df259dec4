using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Control.Tests;

/// <summary>The Admin API over a plane of its own.</summary>
sealed class AdminHarness : IAsyncDisposable
{
    public AdminHarness(ControlPlane plane, AdminApi api) => (Plane, Api) = (plane, api);

    public ControlPlane Plane { get; }

    public AdminApi Api { get; }

    /// <summary>Shown with every request; null for nothing.</summary>
    public string? Token { get; set; }

    public static async Task<AdminHarness> OpenAsync(IJournal? journal = null, TimeProvider? time = null, AdminNode? node = null, IAdminAudit? audit = null)
    {
        var plane = await Planes.OpenAsync(journal, time);
        return new AdminHarness(plane, new AdminApi(plane, node ?? Node) { Audit = audit });
    }

    public static AdminNode Node { get; } = new(
        "0.1.0", "test-host", new Guid("8a5ef13c-0d1a-4a9e-9a2a-0f4f7c6a1b11"), ["0.0.0.0:8000"],
        static () => new JsonObject { ["total_requests"] = 7 }, static () => 0)
    { AllowedOrigin = "https://console.example" };

    public Task<Answered> GetAsync(string path) => SendAsync("GET", path);

    public Task<Answered> PostAsync(string path, string json) => SendAsync("POST", path, json);

    public Task<Answered> PutAsync(string path, string json) => SendAsync("PUT", path, json);

    public Task<Answered> PatchAsync(string path, string json) => SendAsync("PATCH", path, json);

    public Task<Answered> DeleteAsync(string path) => SendAsync("DELETE", path);

    public Task<Answered> FormAsync(string method, string path, string form) => SendAsync(method, path, form, "application/x-www-form-urlencoded");

    public Task<Answered> SendAsync(
        string method, string path, string? body = null, string? type = "application/json", Action<HttpContext>? prepare = null) =>
        SendAsync(Api, method, path, body, type, context =>
        {
            if (Token is not null) context.Request.Headers[SignIn.TokenHeader] = Token;
            prepare?.Invoke(context);
        });

    public static async Task<Answered> SendAsync(
        AdminApi api, string method, string path, string? body = null, string? type = "application/json", Action<HttpContext>? prepare = null)
    {
        var context = new DefaultHttpContext();
        var parts = path.Split('?', 2);
        context.Request.Method = method;
        context.Request.Path = new PathString(Uri.UnescapeDataString(parts[0].Replace("%2F", "%252F", StringComparison.Ordinal)));
        context.Request.QueryString = new QueryString(parts.Length > 1 ? "?" + parts[1] : "");
        if (body is not null)
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            context.Request.Body = new MemoryStream(bytes);
            context.Request.ContentLength = bytes.Length;
            context.Request.ContentType = type;
        }
        prepare?.Invoke(context);
        var answer = new MemoryStream();
        context.Response.Body = answer;
        await api.HandleAsync(context);
        return new Answered(context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()), context.Response.Headers);
    }

    public ValueTask DisposeAsync() => Plane.DisposeAsync();

    /// <summary>An answer of the API.</summary>
    public sealed record Answered(int Status, string Text, IHeaderDictionary Headers)
    {
        public JsonElement Json => JsonDocument.Parse(Text).RootElement;

        public JsonElement this[string field] => Json.GetProperty(field);

        public string Message => this["message"].GetString()!;

        public string Id => this["id"].GetString()!;

        /// <summary>A field of each entity of a list.</summary>
        public IReadOnlyList<string?> Each(string field) => [.. this["data"].EnumerateArray().Select(entity => entity.GetProperty(field).GetString())];
    }
}
