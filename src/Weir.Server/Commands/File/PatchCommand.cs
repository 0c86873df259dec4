using System.CommandLine;
using Weir.Config;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file patch</c></summary>
static class PatchCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("PATCH-FILE")
        {
            Description = "Files of patches, applied in this order: patches: [{selectors: [...], values: {...}, remove: [...]}].",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var selectors = new SelectorOption("What the values are set in.");
        var values = new Option<string[]>("--value")
        {
            Description = "key:json sets a field, key: removes it, a list of JSON is appended to the lists chosen. May be repeated.",
            HelpName = "key:json",
        };
        var options = new FileOptions();
        var command = new Command("patch", "Set, add to and remove fields of a file, with --selector and --value, with patch files, or both.");
        command.Arguments.Add(files);
        options.AddTo(command);
        selectors.AddTo(command);
        command.Options.Add(values);
        command.SetAction(result => options.Run(result, terminal, (root, report) =>
        {
            var (sources, given) = (selectors.Sources(result), result.GetValue(values) ?? []);
            if (sources.Count > 0 != given.Length > 0)
                report.Error(new Place("patch", 0, 0), "--selector and --value are given together");
            var patches = new List<FilePatch>();
            if (sources.Count > 0 && given.Length > 0 && FilePatch.OfFlags(sources, given, report) is { } patch) patches.Add(patch);
            foreach (var file in (result.GetValue(files) ?? []).Select(file => terminal.Read(file, report)).OfType<FileSource>())
                patches.AddRange(FilePatch.ReadFile(file, report));
            return report.Errors > 0 ? null : patches.Aggregate(root, static (patched, patch) => patch.Apply(patched));
        }));
        return command;
    }
}
