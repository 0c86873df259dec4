using System.Net;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>What a gateway without a file serves is what its hints say.</summary>
public sealed class QuickStartTests : IAsyncLifetime
{
    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);
    TestGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        await _mock.StartAsync(CancellationToken.None);
        _gateway = await TestGateway.StartAsync(QuickStart.Document(_mock.Address));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _mock.DisposeAsync();
    }

    [Fact]
    public async Task Hello_reaches_the_echo_upstream() => Assert.Equal(HttpStatusCode.OK, await StatusAsync("/hello"));

    [Fact]
    public async Task Private_wants_the_key()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/private"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/private", "open-sesame"));
    }

    [Fact]
    public async Task Limited_passes_three_requests_a_minute()
    {
        var passed = 0;
        while (await StatusAsync("/limited") == HttpStatusCode.OK) Assert.True(++passed <= 6, "more requests passed than two windows allow");
        // A minute may end in between.
        Assert.InRange(passed, 3, 6);
    }

    async Task<HttpStatusCode> StatusAsync(string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null) request.Headers.Add("apikey", key);
        using var response = await _gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
