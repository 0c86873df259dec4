using System.Net;
using Microsoft.AspNetCore.Http;

namespace Weir.Control.Tests;

public sealed class BrowserOriginTests
{
    [Theory]
    [InlineData(null, null, "localhost:8001", 200)]
    [InlineData(null, null, "weir.internal:8001", 200)]
    [InlineData("https://console.example", "cross-site", "localhost:8001", 200)]
    [InlineData("http://localhost:8001", "same-origin", "localhost:8001", 200)]
    [InlineData("http://127.0.0.1:8001", null, "127.0.0.1:8001", 200)]
    [InlineData(null, "none", "[::1]:8001", 200)]
    [InlineData(null, "same-origin", "localhost:8001", 200)]
    [InlineData("https://evil.example", "cross-site", "localhost:8001", 403)]
    [InlineData("https://evil.example", null, "localhost:8001", 403)]
    [InlineData("null", null, "localhost:8001", 403)]
    [InlineData("http://localhost:3000", "same-site", "localhost:8001", 403)]
    [InlineData(null, "cross-site", "localhost:8001", 403)]
    [InlineData("http://rebound.example:8001", "same-origin", "rebound.example:8001", 403)]
    [InlineData(null, "same-origin", "rebound.example:8001", 403)]
    public async Task Only_pages_of_its_own_and_of_the_allowed_origin_may_call(string? origin, string? site, string host, int status)
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.SendAsync("GET", "/services", prepare: context => Prepare(context, origin, site, host));
        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task A_page_may_change_nothing_by_a_form()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.SendAsync("POST", "/services", "name=a&host=h", "application/x-www-form-urlencoded",
            static context => Prepare(context, "https://evil.example", "cross-site", "127.0.0.1:8001"));
        Assert.Equal((403, 0), (answer.Status, admin.Plane.Current.Revision));
    }

    static void Prepare(HttpContext context, string? origin, string? site, string host)
    {
        context.Connection.LocalIpAddress = IPAddress.Loopback;
        context.Request.Host = new HostString(host);
        if (origin is not null) context.Request.Headers.Origin = origin;
        if (site is not null) context.Request.Headers["Sec-Fetch-Site"] = site;
    }
}
