namespace Weir.Gateway;

/// <summary>
/// The order in which round-robin visits weighted peers: each peer has as many places as its weight divided by the weights' greatest common divisor, spread
/// evenly. One turn of the wheel gives each exactly its share.
/// </summary>
static class Wheel
{
    /// <summary>Most places of a wheel. Weights that would need more are scaled down, so that shares are exact to 1/65536 instead.</summary>
    public const int PlacesMax = 65536;

    /// <summary>Builds a wheel of indexes into <paramref name="weights"/>. All weights are positive.</summary>
    public static int[] Build(ReadOnlySpan<int> weights)
    {
        var places = Places(weights);
        long total = 0;
        foreach (var count in places) total += count;

        var keys = new double[total];
        var wheel = new int[total];
        var next = 0;
        for (var i = 0; i < places.Length; i++)
        {
            for (var k = 0; k < places[i]; k++)
            {
                keys[next] = (k + 0.5) / places[i] + i * 1e-12;
                wheel[next++] = i;
            }
        }
        Array.Sort(keys, wheel);
        return wheel;
    }

    static int[] Places(ReadOnlySpan<int> weights)
    {
        var divisor = 0;
        long total = 0;
        foreach (var weight in weights)
        {
            divisor = Gcd(divisor, weight);
            total += weight;
        }

        var places = new int[weights.Length];
        var scale = total / Math.Max(divisor, 1) > PlacesMax ? (double)PlacesMax / total : 1.0 / divisor;
        for (var i = 0; i < weights.Length; i++) places[i] = Math.Max(1, (int)Math.Round(weights[i] * scale));
        return places;
    }

    static int Gcd(int a, int b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
