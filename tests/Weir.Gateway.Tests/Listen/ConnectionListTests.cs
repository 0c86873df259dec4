using System.Text;

namespace Weir.Gateway.Tests.Listen;

public class ConnectionListTests
{
    [Theory]
    [InlineData("")]
    [InlineData("close")]
    [InlineData("Keep-Alive")]
    [InlineData("keep-alive, Upgrade")]
    [InlineData("Upgrade, HTTP2-Settings")]
    [InlineData("TE, close")]
    [InlineData(" , close ,, ")]
    public void Leaves_lines_that_name_no_header_that_goes_upstream(string line) => Assert.Equal(line, Read(line));

    [Theory]
    [InlineData("X-Named")]
    [InlineData("close, X-Named")]
    [InlineData("X-Named,close")]
    [InlineData("keep-alive, closed")]
    [InlineData("close\t, TE")]
    [InlineData("Upgrade, \u00e4")]
    [InlineData("close, \0")]
    public void Keeps_kestrel_from_folding_lines_that_name_a_header(string line) => Assert.Equal(line + ", keep-alive, close", Read(line));

    static string Read(string line) => ConnectionList.Instance.GetString(Encoding.Latin1.GetBytes(line).AsSpan());
}
