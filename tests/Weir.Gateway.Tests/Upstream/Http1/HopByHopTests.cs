using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Tests;

public sealed class HopByHopTests
{
    [Fact]
    public void Removes_what_the_client_lists()
    {
        var headers = Headers("close, X-One ,x-two,, \t", "Upgrade, X-Four");
        HopByHop.RemoveListed(headers);
        Assert.Equal(["Connection", "Content-Length", "Host", "TE", "X-Three"], headers.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Never_removes_what_decides_the_destination_or_the_end_of_a_message()
    {
        var headers = Headers("Host, Content-Length, TE");
        HopByHop.RemoveListed(headers);
        Assert.Equal(8, headers.Count);
    }

    [Theory]
    [InlineData("trailers", true)]
    [InlineData("gzip;q=0.5, Trailers", true)]
    [InlineData("gzip", false)]
    [InlineData("trailersx", false)]
    [InlineData("", false)]
    public void Knows_whether_the_client_takes_trailers(string te, bool takes) => Assert.Equal(takes, HopByHop.AcceptsTrailers(te));

    [Fact]
    public void Drops_hop_by_hop_headers_of_a_response()
    {
        var got = ResponseBytes.Read(
            "HTTP/1.1 200 OK\r\nConnection: X-Listed, close\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nProxy-Authenticate: Basic\r\nTE: x\r\n"
            + "Upgrade: h2c\r\nx-listed: 1\r\nX-Kept: 1\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        Assert.Equal([("X-Kept", "1"), ("Trailer", "X-Sum")], got.Headers);
    }

    [Fact]
    public void Allocates_nothing_to_look_at_usual_headers()
    {
        var headers = Headers("keep-alive");
        Assert.Equal(0, Allocation.LeastBytes(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                HopByHop.RemoveListed(headers);
                HopByHop.AcceptsTrailers(headers.TE);
            }
        }));
    }

    static IHeaderDictionary Headers(params string[] connection) => new HeaderDictionary
    {
        ["Connection"] = connection,
        ["Host"] = "h",
        ["Content-Length"] = "5",
        ["TE"] = "trailers",
        ["X-One"] = "1",
        ["X-Two"] = "2",
        ["X-Three"] = "3",
        ["X-Four"] = "4",
    };
}
