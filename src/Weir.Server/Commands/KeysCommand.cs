using System.CommandLine;
using Weir.Config;
using Weir.Identity;

namespace Weir.Server;

/// <summary><c>weir keys …</c>: virtual keys are made here. Files have their hashes only, so that a key is seen once and never again.</summary>
static class KeysCommand
{
    static readonly (string Flag, string Field, string Description)[] s_levels =
    [
        ("--organisation", "organisation", "Organisation that pays."),
        ("--project", "project", "Project that pays."),
        ("--team", "team", "Team that pays."),
        ("--user", "user", "User that pays."),
        ("--agent", "agent", "Agent that pays."),
        ("--consumer", "consumer", "Consumer that its callers are, by username."),
    ];

    /// <summary>The command; it writes to the console unless told otherwise.</summary>
    public static Command Create(TextWriter? output = null, TextWriter? error = null, TimeProvider? time = null)
    {
        var place = new Place(output ?? Console.Out, error ?? Console.Error, time ?? TimeProvider.System);
        var command = new Command("keys", """
            Make, rotate and revoke virtual keys: the keys that callers of models have in place of a provider's. The key goes to standard error, once; the
            entity for the configuration file, which has its hash only, goes to standard output.
            """);
        command.Subcommands.Add(New(place));
        command.Subcommands.Add(Rotate(place));
        command.Subcommands.Add(Revoke(place));
        return command;
    }

    static Command New(Place place)
    {
        var name = new Option<string>("--name") { Description = "Name of the key; unique in its document.", Required = true };
        var models = new Option<string[]>("--model") { Description = "Model that it may use; may be repeated. None: every model." };
        var budgets = new Option<string[]>("--budget") { Description = "Budget that its calls are charged to; may be repeated." };
        var expires = new Option<string?>("--expires")
        {
            Description = $"When it ends: a day (2027-01-31), a moment (2027-01-31T12:00:00Z), or a span from now ({Span.Form}).",
            HelpName = "time",
        };
        var levels = s_levels.Select(static level => (Option: new Option<string?>(level.Flag) { Description = level.Description }, level.Field)).ToList();
        var command = new Command("new", """
            Make a key and print the entity to paste into the list virtual_keys of the configuration file:

                weir keys new --name search --model gpt --expires 90d --team search
            """) { name, models, budgets, expires };
        foreach (var (option, _) in levels) command.Options.Add(option);
        command.SetAction(result =>
        {
            string? expiresAt = null;
            if (result.GetValue(expires) is { } text && (expiresAt = MomentOf(text, place.Time)) is null)
                return place.Refuse("new", $"--expires: expected a day such as 2027-01-31, a moment, or a span ({Span.Form}), found '{text}'");
            var key = VirtualKeyText.New();
            var fields = levels.Select(level => (level.Field, result.GetValue(level.Option))).Prepend(("expires_at", expiresAt));
            var entity = VirtualKeyEntity.New(
                key, result.GetValue(name)!, fields, [("models", result.GetValue(models) ?? []), ("budgets", result.GetValue(budgets) ?? [])]);
            return place.Print(key, entity, "Put this into the configuration file; it holds the hash of the key, not the key:");
        });
        return command;
    }

    static Command Rotate(Place place)
    {
        var (file, name) = (FileArgument(), NameArgument());
        var overlap = new Option<string>("--overlap")
        {
            Description = $"How long the key before still counts ({Span.Form}); 0 ends it at once.",
            HelpName = "span",
            DefaultValueFactory = static _ => "7d",
        };
        var command = new Command("rotate", "Make another key for an entity of a file, and print the changed entity. The key before counts for a while longer.")
        {
            file, name, overlap,
        };
        command.SetAction(result =>
        {
            if (Span.Of(result.GetValue(overlap)!) is not { } span)
                return place.Refuse("rotate", $"--overlap: expected a span ({Span.Form}), found '{result.GetValue(overlap)}'");
            if (place.Find("rotate", result.GetValue(file)!, result.GetValue(name)!) is not { } entity) return 1;
            if (entity.FindText("revoked_at") is not null) return place.Refuse("rotate", $"the key '{result.GetValue(name)}' is revoked: make a new one");
            var key = VirtualKeyText.New();
            var now = place.Time.GetUtcNow();
            return place.Print(key, VirtualKeyEntity.Rotated(entity, key, now, now + span), $"Put this in place of the entity at {entity.Place}:");
        });
        return command;
    }

    static Command Revoke(Place place)
    {
        var (file, name) = (FileArgument(), NameArgument());
        var command = new Command("revoke", "Print an entity of a file as revoked: the key is refused from now on, and every key that it has replaced.")
        {
            file, name,
        };
        command.SetAction(result =>
        {
            if (place.Find("revoke", result.GetValue(file)!, result.GetValue(name)!) is not { } entity) return 1;
            return place.Print(null, VirtualKeyEntity.Revoked(entity, place.Time.GetUtcNow()), $"Put this in place of the entity at {entity.Place}:");
        });
        return command;
    }

    static string? MomentOf(string text, TimeProvider time) => Span.Of(text) is { } span ? VirtualKeyEntity.TextOf(time.GetUtcNow() + span)
        : VirtualKeyChecks.TimeOf(text) is not null ? text
        : null;

    static Argument<string> FileArgument() => new("FILE") { Description = "Configuration file with the entity." };

    static Argument<string> NameArgument() => new("NAME") { Description = "Name of the key." };

    /// <summary>Where the command reads and writes.</summary>
    sealed class Place(TextWriter output, TextWriter error, TimeProvider time)
    {
        public TimeProvider Time { get; } = time;

        public int Refuse(string command, string problem)
        {
            error.WriteLine($"weir keys {command}: {problem}");
            return 2;
        }

        /// <summary>The entity in the file; null after a problem was printed.</summary>
        public MapNode? Find(string command, string file, string name)
        {
            var (root, problems) = DocumentReader.ReadNodes(file, new ReadLimits());
            ProblemPrinter.Print(problems, error);
            if (root is null) return null;
            var all = root.Maps("virtual_keys").ToList();
            if (all.Find(entity => entity.FindText("name") == name) is { } found) return found;
            var names = all.Select(static entity => entity.FindText("name")).OfType<string>();
            Refuse(command, $"there is no virtual key '{name}' in {file}{Suggestion.For(name, names)}");
            return null;
        }

        public int Print(string? key, MapNode entity, string what)
        {
            if (key is not null) error.WriteLine($"The key, which is shown this once: {key}\n");
            error.WriteLine(what);
            output.Write(VirtualKeyEntity.ToYaml(entity));
            return 0;
        }
    }
}
