namespace Weir.Ai;

/// <summary>Knows whether pieces of text have become a whole JSON object, by counting brackets outside of strings.</summary>
sealed class JsonBalance
{
    int _depth;
    bool _hasBegun;
    bool _isInString;
    bool _isEscaped;

    /// <summary>Every bracket is closed, and there was one.</summary>
    public bool IsComplete => _hasBegun && _depth == 0;

    public void Add(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (_isEscaped) _isEscaped = false;
            else if (_isInString)
            {
                if (c == '\\') _isEscaped = true;
                else if (c == '"') _isInString = false;
            }
            else if (c == '"') _isInString = true;
            else if (c is '{' or '[')
            {
                _depth++;
                _hasBegun = true;
            }
            else if (c is '}' or ']') _depth--;
        }
    }
}
