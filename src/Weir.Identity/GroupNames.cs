using System.Collections;

namespace Weir.Identity;

/// <summary>Names of groups and their text as headers carry it, joined once instead of for every request.</summary>
sealed class GroupNames(string[] names) : IReadOnlyList<string>
{
    const string Separator = ", ";

    public static GroupNames None { get; } = new([]);

    /// <summary>The names, comma-separated; empty for none.</summary>
    public string Text { get; } = Join(names);

    public int Count => names.Length;

    public string this[int index] => names[index];

    /// <summary>The text of any list of names.</summary>
    public static string TextOf(IReadOnlyList<string> names) => names is GroupNames known ? known.Text : Join(names);

    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)names).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => names.GetEnumerator();

    static string Join(IReadOnlyList<string> names) => names.Count == 1 ? names[0] : string.Join(Separator, names);
}
