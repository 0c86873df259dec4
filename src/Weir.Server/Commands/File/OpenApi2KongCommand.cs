using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file openapi2kong</c></summary>
static class OpenApi2KongCommand
{
    public static Command Create(Terminal terminal)
    {
        var spec = new Option<string>("--spec", "-s")
        {
            Description = "OpenAPI document; '-' is standard input.",
            HelpName = "file",
            DefaultValueFactory = static _ => "-",
        };
        var tags = new Option<string[]>("--select-tag")
        {
            Description = "Tag of every entity; may be repeated, or several with commas. Otherwise x-kong-tags.",
            HelpName = "tag",
        };
        var name = new Option<string?>("--uuid-base")
        {
            Description = "What names and ids are made from. Otherwise x-kong-name or the title.",
            HelpName = "name",
        };
        var noId = new Option<bool>("--no-id") { Description = "Make no ids." };
        var inso = new Option<bool>("--inso-compatible", "-i") { Description = "Names as inso makes them, and no ids." };
        var security = new Option<bool>("--generate-security") { Description = "Make openid-connect plugins of security requirements." };
        var ignoreSecurity = new Option<bool>("--ignore-security-errors") { Description = "Pass over security requirements that cannot be expressed." };
        var circular = new Option<bool>("--ignore-circular-refs") { Description = "Accepted for decK's sake: schemas may refer to themselves anyway." };
        var skipHeaders = new Option<bool>("--skip-route-by-header") { Description = "Make no routes for the values of required headers." };
        var reuse = new Option<bool>("--reuse-services") { Description = "Let paths and operations with the same servers and defaults share a service." };
        var options = new FileOptions();
        var command = new Command("openapi2kong", """
            Turn an OpenAPI document into services and routes. A service for the servers of the document, and for every path and operation that has its own;
            a route for every operation. x-kong-… in the document adds defaults, names, tags and plugins.
            """);
        command.Options.Add(spec);
        options.AddTo(command, withState: false);
        foreach (var option in (ReadOnlySpan<Option>)[tags, name, noId, inso, security, ignoreSecurity, circular, skipHeaders, reuse])
            command.Options.Add(option);
        command.SetAction(result => options.Make(result, terminal, report =>
        {
            if (terminal.Read(result.GetValue(spec)!, report) is not { } file) return null;
            var given = (result.GetValue(tags) ?? []).SelectMany(static tag => tag.Split(',')).ToList();
            return OpenApiConverter.Convert(file, new OpenApiOptions
            {
                Tags = given.Count > 0 ? given : null,
                DocumentName = result.GetValue(name),
                NoId = result.GetValue(noId),
                InsoCompatible = result.GetValue(inso),
                GenerateSecurity = result.GetValue(security),
                IgnoreSecurityErrors = result.GetValue(ignoreSecurity),
                SkipRouteByHeader = result.GetValue(skipHeaders),
                ReuseServices = result.GetValue(reuse),
            }, report);
        }));
        return command;
    }
}
