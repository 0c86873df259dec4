using System.Net.Http.Json;
using Weir.Server;

namespace Weir.Acceptance;

public sealed class PriceReloadTests : IAsyncLifetime
{
    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);
    readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("weir-prices").FullName, "prices.json");

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
    }

    [Fact]
    public async Task New_prices_hold_after_a_reload_and_broken_ones_never()
    {
        await WriteAsync("1");
        await using var gateway = await TestGateway.StartAsync(Document(), settings => settings with { LlmPrices = [_file] });
        Assert.Equal("0.000006", await CostAsync(gateway));
        await WriteAsync("2");
        Assert.Empty(gateway.ReloadPrices());
        Assert.Equal("0.000012", await CostAsync(gateway));
        await WriteAsync("many");
        Assert.NotEmpty(gateway.ReloadPrices());
        Assert.Equal("0.000012", await CostAsync(gateway));
    }

    Task WriteAsync(string price) => File.WriteAllTextAsync(_file, $$"""
        {"format": "weir-prices/1", "version": "1", "currency": "USD", "entries": [
          {"provider": "openai", "models": ["gpt-4o"], "from": "2020-01-01", "input": "{{price}}", "output": "{{price}}"}
        ]}
        """);

    static async Task<string> CostAsync(TestGateway gateway)
    {
        using var answer = await gateway.Client.PostAsJsonAsync(
            "/v1/chat/completions", new { model = "gpt-4o", messages = new[] { new { role = "user", content = "Hello" } } });
        return answer.Headers.GetValues("Weir-LLM-Cost").Single();
    }

    string Document() => $$"""
        _format_version: "3.0"
        routes:
        - name: models
          paths: [/v1]
          strip_path: false
        plugins:
        - name: ai-proxy
          config: {model: {provider: openai, name: gpt-4o, options: {upstream_url: "{{_mock.Address}}"} } }
        """;
}
