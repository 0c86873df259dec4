using System.Text.Json;

namespace Weir.Ai.Tests;

/// <summary>A prompt and the tokens that its provider counted.</summary>
sealed record UsageCase(string Provider, string Model, long Input, long Bytes, UsageCaseMessage[] Messages, JsonElement[]? Tools)
{
    public static IReadOnlyList<UsageCase> Stored =>
        JsonSerializer.Deserialize<UsageCase[]>(File.ReadAllText(Path.Combine(TokenCase.Folder, "usage-cases.json")), JsonSerializerOptions.Web)!;

    public ChatRequest ToRequest()
    {
        var request = new ChatRequest { Dialect = default, Model = Model };
        foreach (var message in Messages)
        {
            var made = Message.OfText(Role.User, message.Text);
            foreach (var call in message.Calls ?? []) made.Parts.Add(new ToolCallPart("", call[0], call[1]));
            request.Messages.Add(made);
        }
        foreach (var tool in Tools ?? []) request.Tools.Add(new ToolDefinition { Name = "", Parameters = JsonText.Of(tool.GetRawText()) });
        return request;
    }
}

/// <summary>A message of it; a call is a name and its arguments.</summary>
sealed record UsageCaseMessage(string Role, string Text, string[][]? Calls);
