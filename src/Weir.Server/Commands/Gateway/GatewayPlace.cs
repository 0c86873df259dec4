namespace Weir.Server;

/// <summary>What the commands of the control plane work with, besides their arguments.</summary>
/// <param name="Input">Answers of whoever is asked.</param>
/// <param name="Output">Results.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Environment">Variables: <c>DECK_…</c> flags and values in files.</param>
/// <param name="IsTerminal">Whether somebody looks at the output.</param>
/// <param name="Time">The clock.</param>
sealed record GatewayPlace(
    Func<TextReader> Input, TextWriter Output, TextWriter Error, Func<string, string?> Environment, bool IsTerminal, TimeProvider Time)
{
    public static GatewayPlace Console { get; } = new(
        static () => System.Console.In, System.Console.Out, System.Console.Error, System.Environment.GetEnvironmentVariable,
        !System.Console.IsOutputRedirected && !System.Console.IsInputRedirected, TimeProvider.System);

    /// <summary>A line that is not shown while it is typed. Called at a terminal only.</summary>
    public Func<string> ReadSecret { get; init; } = ReadHidden;

    static string ReadHidden()
    {
        var typed = new System.Text.StringBuilder();
        while (System.Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }
        System.Console.WriteLine();
        return typed.ToString();
    }

    /// <summary>Asks for a yes. Where nobody can be asked, nobody agreed.</summary>
    public bool Agrees(string question)
    {
        if (!IsTerminal) return false;
        Output.Write($"{question} (y/N) ");
        return Input().ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }
}
