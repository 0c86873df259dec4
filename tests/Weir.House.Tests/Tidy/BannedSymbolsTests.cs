namespace Weir.House.Tests;

public sealed class BannedSymbolsTests
{
    [Theory]
    [InlineData("BannedSymbols.txt")]
    [InlineData("src/BannedSymbols.Library.txt")]
    public void Every_banned_symbol_exists_and_has_a_replacement(string path) =>
        Finding.ExpectNone(BannedSymbols.Check(path, File.ReadAllLines(Path.Combine(Tree.Root, path))));

    [Theory]
    [InlineData("P:System.DateTime.Now", "without a replacement")]
    [InlineData("P:System.DateTime.now;Take a TimeProvider", "names nothing")]
    [InlineData("M:System.Threading.Thread.Sleep(int);Await", "names nothing")]
    public void Sees_a_line_that_bans_badly(string line, string expected) =>
        Assert.Contains(expected, Assert.Single(BannedSymbols.Check("BannedSymbols.txt", [line])).Message);

    [Fact]
    public void Sees_a_symbol_that_stands_twice() =>
        Assert.Equal(2, Assert.Single(BannedSymbols.Check("BannedSymbols.txt", ["M:System.GC.Collect;Do not", "M:System.GC.Collect;Do not"])).Line);
}
