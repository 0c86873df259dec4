using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>The public faces of configured entities.</summary>
static class EntityRefs
{
    public static EntityRef Of(ServiceConfig service) =>
        new(service.Id!, service.Name, service.Tags ?? [], () => Json(service, EntityJson.Default.ServiceConfig));

    public static EntityRef Of(RouteConfig route) => new(route.Id!, route.Name, route.Tags ?? [], () => Json(route, EntityJson.Default.RouteConfig));

    static ReadOnlyMemory<byte> Json<T>(T entity, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(entity, type);
}
