namespace Weir.Ai;

/// <summary>Hashes that are the same on every node and after every restart.</summary>
static class TextHash
{
    /// <summary>FNV-1a over two texts, finished with the mixer of splitmix64.</summary>
    public static ulong Of(string value, string salt)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in value) hash = (hash ^ c) * 1099511628211UL;
        foreach (var c in salt) hash = (hash ^ c) * 1099511628211UL;
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9UL;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebUL;
        return hash ^ (hash >> 31);
    }

    /// <summary>The same as a number between 0 and 1, neither of which it reaches.</summary>
    public static double ShareOf(string value, string salt) => (Of(value, salt) + 1.0) / (ulong.MaxValue + 2.0);
}
