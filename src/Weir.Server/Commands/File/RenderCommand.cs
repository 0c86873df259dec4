using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file render</c></summary>
static class RenderCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "Complete files; standard input when not given.", Arity = ArgumentArity.ZeroOrMore };
        var populate = new Option<bool>("--populate-env-vars") { Description = "Fill in environment variables; without it they stay expressions." };
        var options = new FileOptions();
        var command = new Command("render", """
            Combine complete files into the one that a sync would send: defaults filled in, URLs taken apart, routes and plugins where they belong, everything
            sorted.
            """);
        command.Arguments.Add(files);
        options.AddTo(command, withState: false);
        command.Options.Add(populate);
        command.SetAction(result => options.Make(result, terminal, report =>
        {
            var paths = result.GetValue(files) is { Length: > 0 } given ? given : ["-"];
            var sources = paths.Select(path => terminal.Read(path, report)).OfType<FileSource>().ToList();
            return FileRenderer.Render(sources, result.GetValue(populate) ? Environment.GetEnvironmentVariable : null, report);
        }));
        return command;
    }
}
