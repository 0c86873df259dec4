using System.Diagnostics.CodeAnalysis;

namespace Weir.Telemetry;

/// <summary>Compares label values by content, so that a span of values on the stack finds its series.</summary>
static class LabelValues
{
    public static IEqualityComparer<string[]> Comparer { get; } = new ByContent();

    sealed class ByContent : IEqualityComparer<string[]>, IAlternateEqualityComparer<ReadOnlySpan<string>, string[]>
    {
        public bool Equals(string[]? x, string[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<string> alternate, string[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] string[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<string> alternate)
        {
            var hash = new HashCode();
            foreach (var value in alternate) hash.Add(value);
            return hash.ToHashCode();
        }

        public string[] Create(ReadOnlySpan<string> alternate) => alternate.ToArray();
    }
}
