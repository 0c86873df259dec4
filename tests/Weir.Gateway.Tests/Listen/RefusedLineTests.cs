namespace Weir.Gateway.Tests.Listen;

public class RefusedLineTests
{
    [Theory]
    [InlineData(@"Invalid request line: 'GET /a b HTTP/1.1\x0D\x0A'", "GET", "/a b", "HTTP/1.1")]
    [InlineData(@"Invalid request line: 'GET /it's HTTP/1.1\x0D'", "GET", "/it's", "HTTP/1.1")]
    [InlineData("Invalid request line: 'GET /long...'", "GET", "/long...", "")]
    [InlineData(@"Invalid request line: '\x01\x02'", "", @"\x01\x02", "")]
    [InlineData("Invalid request line: ' GET / HTTP/1.1'", "", " GET /", "HTTP/1.1")]
    [InlineData("Invalid request line: ''", "", "", "")]
    [InlineData(@"Invalid request target: '/\xC3'", "", @"/\xC3", "")]
    [InlineData("Unrecognized HTTP version: 'HTTP/3.7'", "", "", "HTTP/3.7")]
    [InlineData("Invalid request header: 'Authorization : Bearer x'", "", "", "")]
    [InlineData("Invalid Host header: 'a: 'b'", "", "", "")]
    [InlineData("Invalid request line: '", "", "", "")]
    [InlineData("Method not allowed.", "", "", "")]
    [InlineData("", "", "", "")]
    public void Reads_what_kestrel_quotes_of_a_line_and_nothing_else(string message, string method, string target, string version) =>
        Assert.Equal(new RefusedLine(method, target, version), RefusedLine.Quoted(message));
}
