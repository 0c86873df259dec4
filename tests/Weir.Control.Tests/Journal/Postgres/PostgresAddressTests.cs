using Npgsql;

namespace Weir.Control.Tests;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://weir:p%40ss@db:6432/gate%20way?sslmode=verify-full&connect_timeout=3")]
    [InlineData("postgresql://weir:p%40ss@db:6432/gate%20way?sslmode=verify-full&Timeout=3")]
    [InlineData("Host=db;Port=6432;Username=weir;Password=p@ss;Database=gate way;SSL Mode=VerifyFull;Timeout=3")]
    public async Task Both_forms_say_the_same(string text)
    {
        await using var source = PostgresAddress.Open(text);
        var options = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        Assert.Equal(("db", 6432, "weir", "gate way", SslMode.VerifyFull, 3),
            (options.Host, options.Port, options.Username, options.Database, options.SslMode, options.Timeout));
    }

    [Fact]
    public async Task A_folder_of_sockets_is_a_host()
    {
        await using var source = PostgresAddress.Open("postgres:///weir?host=/var/run/postgresql");
        Assert.Equal("/var/run/postgresql", new NpgsqlConnectionStringBuilder(source.ConnectionString).Host);
    }

    [Theory]
    [InlineData("postgres://weir:secret@db:port/x")]
    [InlineData("postgres://weir:secret@db/x?nonsense=1")]
    [InlineData("postgres://weir:secret@db/x?sslmode=sometimes")]
    [InlineData("Password=secret;Nonsense=1")]
    [InlineData("secret")]
    public void What_is_no_address_is_refused_without_repeating_it(string text) =>
        Assert.DoesNotContain("secret", Assert.Throws<FormatException>(() => PostgresAddress.Open(text)).Message);
}
