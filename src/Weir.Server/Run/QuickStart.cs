namespace Weir.Server;

/// <summary>What a gateway without a file serves: an embedded example with an upstream of its own.</summary>
static class QuickStart
{
    public const string FileName = "quickstart.yaml";

    public static string Document(string mockAddress)
    {
        using var stream = typeof(QuickStart).Assembly.GetManifestResourceStream(FileName)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("http://MOCK", mockAddress, StringComparison.Ordinal);
    }

    public static string Hints(string proxy) => $"""

        Try:
          curl -i {proxy}/hello                                # routed to the built-in echo upstream
          curl -i {proxy}/private                              # refused by key-auth (with -H 'apikey: open-sesame' it passes)
          for i in 1 2 3 4; do curl -i {proxy}/limited; done   # the fourth is over the limit: 429

        Then write a kong.yaml and start with: weir run kong.yaml
        """;
}
