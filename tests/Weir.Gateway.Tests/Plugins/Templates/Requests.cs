using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Tests;

/// <summary>Exchanges made by hand, for parts that need no pipeline.</summary>
static class Requests
{
    public static Exchange Exchange(string query = "", params (string Name, string Value)[] headers)
    {
        var exchange = new Exchange { Http = new DefaultHttpContext(), Method = "POST", Path = "/a/b", RawTarget = "/a/b" + query, RequestId = "5a6b" };
        exchange.ClientIp = System.Net.IPAddress.Parse("192.0.2.7");
        exchange.PeerIp = System.Net.IPAddress.Parse("192.0.2.1");
        exchange.Upstream.Query = query;
        exchange.Http.Request.Host = new HostString("gateway.test", 8000);
        foreach (var (name, value) in headers) exchange.Http.Request.Headers.Append(name, value);
        return exchange;
    }
}
