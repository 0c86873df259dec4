using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Ai.Plugins;

/// <summary>The JSON of a prompt with places in it that properties fill: <c>{{name}}</c>.</summary>
sealed partial class PromptTemplate
{
    /// <summary>What stands before, between and after the places: one piece more than there are places.</summary>
    readonly byte[][] _pieces;

    /// <summary>For each place the number of its name.</summary>
    readonly int[] _places;

    public PromptTemplate(string text)
    {
        var matches = Place().Matches(text);
        var pieces = new byte[matches.Count + 1][];
        var places = new int[matches.Count];
        List<string> names = [];
        var from = 0;
        for (var i = 0; i < places.Length; i++)
        {
            var match = matches[i];
            var name = match.Groups["name"].Value;
            if (!names.Contains(name)) names.Add(name);
            places[i] = names.IndexOf(name);
            pieces[i] = Encoding.UTF8.GetBytes(text[from..match.Index]);
            from = match.Index + match.Length;
        }
        pieces[^1] = Encoding.UTF8.GetBytes(text[from..]);
        (_pieces, _places, Names) = (pieces, places, names);
    }

    /// <summary>Names of the properties, each once, in the order in which they are first wanted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reports why the text is no template: with values in its places it must be a JSON object.</summary>
    public static void Check(string field, string text, Problems problems)
    {
        var template = new PromptTemplate(text);
        // Digits are JSON in a string and outside of one; each name has its own, so that they are different as names of fields, too.
        var values = template.Names.Select(static (_, i) => Encoding.ASCII.GetBytes((i + 1).ToString(CultureInfo.InvariantCulture))).ToArray();
        var found = new Problems();
        _ = WireObject.Parse(template.Fill(values, int.MaxValue)!, found, out var document);
        document?.Dispose();
        foreach (var (_, message) in found.Found) problems.Add(field, message.Replace("the body", "the template", StringComparison.Ordinal));
    }

    /// <summary>The template with its places filled; null when that would be longer than <paramref name="bytesMax"/>.</summary>
    /// <param name="values">For each of <see cref="Names"/> what stands between the quotes of a JSON string.</param>
    /// <param name="bytesMax">A name may have many places: a short request could make a very long body.</param>
    public byte[]? Fill(IReadOnlyList<byte[]> values, int bytesMax)
    {
        var length = 0L;
        foreach (var piece in _pieces) length += piece.Length;
        foreach (var place in _places) length += values[place].Length;
        if (length > bytesMax) return null;
        var filled = new byte[length];
        var at = 0;
        for (var i = 0; i < _pieces.Length; i++)
        {
            _pieces[i].CopyTo(filled, at);
            at += _pieces[i].Length;
            if (i == _places.Length) break;
            values[_places[i]].CopyTo(filled, at);
            at += values[_places[i]].Length;
        }
        return filled;
    }

    [GeneratedRegex(@"\{\{(?<name>[A-Za-z0-9_]+)\}\}")]
    private static partial Regex Place();
}
