using System.CommandLine;
using Weir.Server;

if (args is ["run", ..]) HeadStart.Begin();
return await new RootCommand("""
    Weir: one gateway for HTTP APIs, LLM calls, MCP tools, agents, Kafka topics and services.

    Start with `weir run`: it serves a small example with an upstream of its own. Then `weir run kong.yaml`.
    """)
{
    RunCommand.Create(),
    ValidateCommand.Create(),
    SchemaCommand.Create(),
    SettingsCommand.Create(),
    MockCommand.Create(),
    VersionCommand.Create(),
    DocsCommand.Create(),
}.Parse(args).InvokeAsync();
