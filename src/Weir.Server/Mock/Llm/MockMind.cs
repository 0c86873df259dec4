using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Thinks up answers. The same question gets the same answer, whichever wire asked.</summary>
static class MockMind
{
    const string Filler = "The weir keeps its level, lets the water through and measures its flow. ";
    const string RefusalText = "I cannot help with that.";
    const int CallsMax = 16;

    /// <param name="question">What was asked.</param>
    /// <param name="script">What the caller wants to happen.</param>
    /// <param name="id">Id of the answer.</param>
    /// <param name="cached">What of the prompt was in the cache.</param>
    public static MockReply Answer(MockQuestion question, MockScript script, string id, MockCached cached)
    {
        var thought = question.Reasons ? $"The user said: {question.UserText} I shall answer." : "";
        var reasoning = MockTally.TokensOf(thought);
        if (script.Refuses)
        {
            var usage = new MockUsage(question.Prompt.Tokens, cached, reasoning, MockTally.TokensOf(RefusalText));
            return new() { Id = id, Thought = thought, Refusal = RefusalText, Stop = MockStop.Refused, Usage = usage };
        }
        var calls = script.Tokens > 0 ? [] : Calls(question, id);
        if (calls.Count > 0)
        {
            var bytes = calls.Sum(static call => (long)Encoding.UTF8.GetByteCount(call.Name) + Encoding.UTF8.GetByteCount(call.Arguments));
            var usage = new MockUsage(question.Prompt.Tokens, cached, reasoning, MockTally.TokensOf(bytes));
            return new() { Id = id, Thought = thought, Calls = calls, Stop = MockStop.Tools, Usage = usage };
        }
        var (text, stop, stopText) = Limit(script.Tokens > 0 ? Filled(script.Tokens) : Text(question), question, reasoning);
        return new()
        {
            Id = id,
            Thought = thought,
            Text = text,
            Stop = script.Filters ? MockStop.Filtered : stop,
            StopText = stopText,
            Usage = new(question.Prompt.Tokens, cached, reasoning, MockTally.TokensOf(text)),
        };
    }

    static string Filled(int tokens)
    {
        var text = new StringBuilder(tokens * MockTally.BytesPerToken);
        while (text.Length < text.Capacity) text.Append(Filler, 0, Math.Min(Filler.Length, tokens * MockTally.BytesPerToken - text.Length));
        return text.ToString();
    }

    static string Text(MockQuestion question)
    {
        if (question.WantsJson)
            return (question.Schema is null ? Echo(question) : MockSchema.Instance(question.Schema))?.ToJsonString(MockJson.Relaxed) ?? "null";
        var text = new StringBuilder();
        if (question.ToolResults.Count > 0)
        {
            foreach (var (tool, result) in question.ToolResults) text.Append(text.Length == 0 ? "" : " ").Append(tool).Append(" gave: ").Append(result);
        }
        else
        {
            text.Append("You said: ").Append(question.UserText);
        }
        foreach (var kind in question.Media.Distinct())
            text.Append(" Seen: ").Append(question.Media.Count(media => media == kind)).Append(' ').Append(kind).Append('.');
        if (question.System.Count > 0) text.Append(" My instructions: ").AppendJoin(' ', question.System);
        return text.ToString();
    }

    static JsonObject Echo(MockQuestion question) => new() { ["echo"] = question.UserText };

    /// <summary>Cuts an answer at the first stop text and at the limit of tokens.</summary>
    static (string Text, MockStop Stop, string? StopText) Limit(string text, MockQuestion question, int reasoning)
    {
        var (stop, stopText) = (MockStop.End, (string?)null);
        foreach (var candidate in question.Stops)
        {
            var at = candidate.Length == 0 ? -1 : text.IndexOf(candidate, StringComparison.Ordinal);
            if (at >= 0) (text, stop, stopText) = (text[..at], MockStop.StopText, candidate);
        }
        if (question.OutputTokensMax is not { } max || MockTally.TokensOf(text) + reasoning <= max) return (text, stop, stopText);
        return (string.Concat(MockReply.Pieces(text).Take(Math.Max(0, max - reasoning))), MockStop.Length, null);
    }

    /// <summary>The calls that the last message asks for: <c>call a and b</c>, or those that the request forces.</summary>
    static List<MockToolCall> Calls(MockQuestion question, string id)
    {
        var tools = question.ToolMode switch
        {
            MockToolMode.None => [],
            MockToolMode.Named => [question.Tools.Find(tool => tool.Name == question.ToolName)],
            MockToolMode.Any => Named(question).DefaultIfEmpty(question.Tools.FirstOrDefault()),
            _ => question.ToolResults.Count > 0 ? [] : Named(question),
        };
        return [.. tools.OfType<MockTool>().Take(question.AllowsParallel ? CallsMax : 1).Select((tool, index) =>
            new MockToolCall($"{id}_{index}", tool.Name, MockSchema.Instance(tool.Schema)?.ToJsonString(MockJson.Relaxed) ?? "{}"))];
    }

    static IEnumerable<MockTool> Named(MockQuestion question)
    {
        var listens = false;
        foreach (var word in question.UserText.Split([' ', ',', '.', '!', ':', '\n', '`', '"'], StringSplitOptions.RemoveEmptyEntries))
        {
            var tool = listens ? question.Tools.Find(tool => tool.Name == word) : null;
            if (tool is not null) yield return tool;
            listens = tool is not null || word == "call" || (listens && word == "and");
        }
    }
}
