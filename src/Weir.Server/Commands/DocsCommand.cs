using System.CommandLine;

namespace Weir.Server;

/// <summary><c>weir docs DIR</c>: writes the generated reference pages. Hidden: it is for those who work on Weir.</summary>
static class DocsCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of the documents: docs in the source tree." };
        var command = new Command("docs", "Write the reference pages of plugins, configuration and settings.") { folder };
        command.Hidden = true;
        command.SetAction(result =>
        {
            var pages = ReferencePages.All(Catalog.All);
            foreach (var (name, text) in pages)
            {
                var path = Path.Combine(result.GetValue(folder)!, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }
            Console.WriteLine($"{pages.Count} pages written to {result.GetValue(folder)}");
        });
        return command;
    }
}
