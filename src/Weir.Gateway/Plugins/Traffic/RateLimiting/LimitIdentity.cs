using Weir.Limits;

namespace Weir.Gateway.Plugins;

/// <summary>Finds whose counter a request belongs to. Made from what the exchange already holds, without allocation.</summary>
sealed class LimitIdentity(CounterScope scope, LimitBy by, string? headerName, string? path, string? groupId = null)
{
    public CounterKey Of(Exchange exchange)
    {
        var identity = by switch
        {
            LimitBy.Consumer => exchange.Consumer?.Id ?? exchange.Credential?.Id,
            LimitBy.Credential => exchange.Credential?.Id,
            LimitBy.Service => exchange.Service?.Id,
            LimitBy.Header => Header(exchange),
            LimitBy.Path => exchange.Path == path ? path : null,
            // An instance of a group counts for that group; another one, for the first group of the consumer.
            LimitBy.ConsumerGroup => groupId ?? (exchange.Consumer is { Groups: [var group, ..] } ? group.Id : null),
            _ => null,
        };
        return identity is null ? new CounterKey(scope, exchange.ClientIp) : new CounterKey(scope, identity);
    }

    string? Header(Exchange exchange)
    {
        var values = exchange.Http.Request.Headers[headerName!];
        return values.Count > 0 && values[0] is { Length: > 0 } first ? first : null;
    }
}
