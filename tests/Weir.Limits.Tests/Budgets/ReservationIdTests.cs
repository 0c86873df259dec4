namespace Weir.Limits.Tests;

public sealed class ReservationIdTests
{
    [Fact]
    public async Task Is_never_the_same_twice()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(static _ => Task.Run(static () =>
            Enumerable.Range(0, 50_000).Select(static _ => ReservationId.Next()).ToList())));
        Assert.Equal(200_000, made.SelectMany(static each => each).Distinct().Count());
    }

    [Fact]
    public void Says_its_version_and_begins_with_the_time()
    {
        var id = ReservationId.Next();
        Assert.Equal(8, id.Version);
        Assert.InRange(id.Variant, 8, 11);
        var ms = Convert.ToInt64(id.ToString("N")[..12], 16);
        var now = TimeProvider.System.GetUtcNow();
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(ms), now.AddMinutes(-1), now.AddMinutes(1));
    }
}
