namespace Weir.Ai;

/// <summary>Watches a JSON object or array go by in pieces, and knows when it is complete.</summary>
struct JsonEnd
{
    int _depth;
    bool _isInText;
    bool _isEscaped;
    bool _hasBegun;

    public readonly bool IsComplete => _hasBegun && _depth == 0;

    public void Add(ReadOnlySpan<char> piece)
    {
        foreach (var c in piece)
        {
            if (_isEscaped)
            {
                _isEscaped = false;
            }
            else if (_isInText)
            {
                if (c == '\\') _isEscaped = true;
                else if (c == '"') _isInText = false;
            }
            else if (c == '"')
            {
                _isInText = true;
            }
            else if (c is '{' or '[')
            {
                _depth++;
                _hasBegun = true;
            }
            else if (c is '}' or ']')
            {
                _depth--;
            }
        }
    }
}
