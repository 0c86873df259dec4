namespace Weir.Ai;

/// <summary>
/// Tokens of a text without a vocabulary: characters by kind of script, each kind with its share of an o200k_base token, as measured over texts of many
/// languages. For the moments before the vocabulary is read, and for bodies of which only the length is known.
/// </summary>
static class ScriptTokens
{
    // Thousandths of a token for a character.
    const int Ascii = 240;
    const int Latin = 420;
    const int Alphabet = 380;
    const int Ideograph = 800;
    const int Rest = 900;

    /// <summary>Thousandths of a token for a byte of JSON: quotes and names of fields are tokens too, and escaped text is longer than it counts.</summary>
    const int BodyByte = 260;

    /// <summary>Tokens of a text, about.</summary>
    public static long Of(ReadOnlySpan<char> text)
    {
        var total = 0L;
        foreach (var c in text)
        {
            total += c switch
            {
                < '\u0080' => Ascii,
                < '\u0250' => Latin,
                // Greek, Cyrillic, Armenian, Hebrew, Arabic.
                < '\u0780' => Alphabet,
                >= '\u3040' and < '\ua000' or >= '\uac00' and < '\ud7b0' => Ideograph,
                _ => Rest,
            };
        }
        return (total + 999) / 1000;
    }

    /// <summary>Tokens of a JSON body of which only the length is known, about.</summary>
    public static long OfBody(long bytes) => ((bytes * BodyByte) + 999) / 1000;
}
