namespace Weir.Server;

/// <summary>Colours of a terminal, where there is one.</summary>
sealed class Palette(bool isColoured)
{
    const string Off = "\u001b[0m";

    public string Added(string text) => Painted("\u001b[32m", text);

    public string Removed(string text) => Painted("\u001b[31m", text);

    public string Changed(string text) => Painted("\u001b[33m", text);

    public string Quiet(string text) => Painted("\u001b[2m", text);

    string Painted(string colour, string text) => isColoured ? colour + text + Off : text;
}
