namespace Weir.Acceptance;

/// <summary>A file of examples/: its text, and what its header says to try and to expect.</summary>
/// <param name="Name">File name.</param>
/// <param name="Text">The file.</param>
/// <param name="Trials">Commands, in order.</param>
sealed record Example(string Name, string Text, IReadOnlyList<Trial> Trials)
{
    const string Try = "# try: ";
    const string Expect = "# expect: ";

    public static Example Read(string path)
    {
        var text = File.ReadAllText(path);
        var trials = new List<Trial>();
        foreach (var line in text.Split('\n').TakeWhile(static line => line.StartsWith('#')))
        {
            if (line.StartsWith(Try, StringComparison.Ordinal)) trials.Add(new Trial(line[Try.Length..], []));
            else if (line.StartsWith(Expect, StringComparison.Ordinal)) trials[^1].Expectations.Add(line[Expect.Length..]);
            else if (line.StartsWith("# try", StringComparison.OrdinalIgnoreCase) || line.StartsWith("# expect", StringComparison.OrdinalIgnoreCase))
                throw new FormatException($"{path}: '{line}' is meant as '{Try}…' or '{Expect}…'");
        }
        return new Example(Path.GetFileName(path), text, trials);
    }
}

/// <summary>A command of an example and what comes of it.</summary>
sealed record Trial(string Command, List<string> Expectations);
