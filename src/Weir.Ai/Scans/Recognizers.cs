using System.Text.Json.Serialization;

namespace Weir.Ai;

/// <summary>Kinds of things that Weir knows by itself in a text.</summary>
enum Recognizer
{
    /// <summary>Keys and tokens of providers and clouds, and private keys.</summary>
    [JsonStringEnumMemberName("api_key")] ApiKey,

    [JsonStringEnumMemberName("email")] Email,

    /// <summary>Numbers of payment cards whose check digit is right.</summary>
    [JsonStringEnumMemberName("credit_card")] CreditCard,
}

/// <summary>How the known things look.</summary>
static class Recognizers
{
    /// <summary>Longest that any of them can be; only JSON web tokens are longer, and those are found by their beginning.</summary>
    public const int CharsMax = 1024;

    /// <summary>Keys by the prefixes that their makers gave them so that they can be found; and JSON web tokens, and private keys in PEM.</summary>
    const string ApiKeys =
        @"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}|\b(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}"
        + @"|\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{22,}|\bglpat-[A-Za-z0-9_-]{20,}|\bxox[abeprs]-[A-Za-z0-9-]{10,}|\bhf_[A-Za-z0-9]{30,}"
        + @"|\bgsk_[A-Za-z0-9]{20,}|\bxai-[A-Za-z0-9]{20,}|\bweir-[A-Za-z0-9_-]{20,}|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
        + @"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[A-Za-z0-9+/=\s]*(?:-----END [A-Z ]{0,20}PRIVATE KEY-----)?";

    const string Emails = @"\b[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24}\b";

    /// <summary>Twelve to nineteen digits, alone or in groups.</summary>
    const string Cards = @"\b[0-9](?:[ -]?[0-9]){11,18}\b";

    /// <summary>The name in configurations.</summary>
    public static string NameOf(Recognizer recognizer) => recognizer switch
    {
        Recognizer.ApiKey => "api_key",
        Recognizer.Email => "email",
        _ => "credit_card",
    };

    public static string PatternOf(Recognizer recognizer) => recognizer switch
    {
        Recognizer.ApiKey => ApiKeys,
        Recognizer.Email => Emails,
        _ => Cards,
    };

    /// <summary>A rule that finds things of this kind.</summary>
    public static ScanRule RuleOf(Recognizer recognizer, string replacement, LlmError? stop = null) =>
        new(PatternOf(recognizer), replacement, stop, recognizer == Recognizer.CreditCard ? HasCheckDigit : null);

    /// <summary>Luhn's check (ISO/IEC 7812-1): every second digit from the right counts twice, with its own digits added.</summary>
    public static bool HasCheckDigit(string number)
    {
        var sum = 0;
        var isSecond = false;
        for (var i = number.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(number[i])) continue;
            var digit = number[i] - '0';
            if (isSecond) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
            isSecond = !isSecond;
        }
        return sum % 10 == 0 && sum > 0;
    }
}
