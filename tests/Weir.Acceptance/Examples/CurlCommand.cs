using System.Text;

namespace Weir.Acceptance;

/// <summary>The part of curl's command line that examples use.</summary>
sealed class CurlCommand
{
    public string Method { get; private set; } = "GET";

    public Uri Url { get; private set; } = null!;

    public List<(string Name, string Value)> Headers { get; } = [];

    public string? Body { get; private set; }

    public static CurlCommand Parse(string line)
    {
        var words = Words(line);
        if (words[0] != "curl") throw new FormatException($"'{line}' does not start with curl");
        var command = new CurlCommand();
        for (var i = 1; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "-i" or "-s" or "-k" or "-ik":
                    break;
                case "-X":
                    command.Method = words[++i];
                    break;
                case "-H":
                    var colon = words[++i].IndexOf(':', StringComparison.Ordinal);
                    command.Headers.Add((words[i][..colon], words[i][(colon + 1)..].Trim()));
                    break;
                case "-d":
                    (command.Method, command.Body) = (command.Method == "GET" ? "POST" : command.Method, words[++i]);
                    break;
                case "--resolve":
                    // Every address is the gateway's here.
                    i++;
                    break;
                case var option when option.StartsWith('-'):
                    throw new FormatException($"'{line}': the option {option} is not known");
                case var url:
                    command.Url = new Uri(url);
                    break;
            }
        }
        return command;
    }

    /// <summary>Splits as a shell does, with single and double quotes.</summary>
    static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quote = '\0';
        var started = false;
        foreach (var c in line)
        {
            if (quote != '\0' ? c == quote : c is '\'' or '"')
            {
                quote = quote == '\0' ? c : '\0';
                started = true;
            }
            else if (c == ' ' && quote == '\0')
            {
                if (started) words.Add(word.ToString());
                (started, _) = (false, word.Clear());
            }
            else
            {
                word.Append(c);
                started = true;
            }
        }
        if (quote != '\0') throw new FormatException($"'{line}': a quote is not closed");
        if (started) words.Add(word.ToString());
        return words;
    }
}
