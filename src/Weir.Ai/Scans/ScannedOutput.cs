using System.Text;

namespace Weir.Ai;

/// <summary>Puts together what goes out of a text; no text is made while it is the same as what came.</summary>
/// <param name="piece">What came, where it is all that can go out; null when something waited before it.</param>
ref struct ScannedOutput(string? piece)
{
    StringBuilder? _made;
    int _passed;

    public void Pass(ReadOnlySpan<char> text)
    {
        if (_made is null && piece is not null)
        {
            _passed += text.Length;
            return;
        }
        Made().Append(text);
    }

    public void Replace(string replacement) => Made().Append(replacement);

    /// <summary>The text.</summary>
    /// <param name="all">Nothing of what came is held back.</param>
    public readonly string ToText(bool all)
    {
        if (_made is not null) return _made.ToString();
        if (piece is null) return "";
        return all ? piece : piece[.._passed];
    }

    StringBuilder Made() => _made ??= new StringBuilder().Append(piece.AsSpan(0, _passed));
}
