using System.CommandLine;
using Weir.Server;

if (args is ["run", ..]) HeadStart.Begin();
return await new RootCommand("""
    Weir: an open API gateway that runs declarative files in Kong's format.

    Start with `weir run`: it serves a small example with an upstream of its own. Then `weir run kong.yaml`.
    """)
{
    RunCommand.Create(),
    ValidateCommand.Create(),
    SchemaCommand.Create(),
    SettingsCommand.Create(),
    MockCommand.Create(),
    KeysCommand.Create(),
    FileCommand.Create(),
    GatewayCommand.Create(),
    PlanCommand.Create(GatewayPlace.Console),
    ApplyPlanCommand.Create(GatewayPlace.Console),
    DriftCommand.Create(GatewayPlace.Console),
    HistoryCommands.History(GatewayPlace.Console),
    HistoryCommands.Blame(GatewayPlace.Console),
    HistoryCommands.Rollback(GatewayPlace.Console),
    GuardrailCommands.Guardrails(GatewayPlace.Console),
    LoginCommand.Login(GatewayPlace.Console),
    LoginCommand.Logout(GatewayPlace.Console),
    TokenCommand.Create(GatewayPlace.Console),
    PeopleCommands.User(GatewayPlace.Console),
    PeopleCommands.Team(GatewayPlace.Console),
    PeopleCommands.Grant(GatewayPlace.Console),
    UsageCommand.Create(),
    JournalCommand.Create(),
    BackupCommands.Backup(),
    BackupCommands.Restore(),
    VersionCommand.Create(),
    DocsCommand.Create(),
}.Parse(args).InvokeAsync();
