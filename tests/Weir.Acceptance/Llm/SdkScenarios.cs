using System.Text.Json.Nodes;

namespace Weir.Acceptance;

/// <summary>What must come of each scenario of scenarios.mjs. The texts, and the counts of tokens, are those that `weir mock` is known to give.</summary>
static class SdkScenarios
{
    const string Hello = "You said: Hello there, weir.";
    const string Unicode = "You said: Grüße 世界 👩‍🚀 \u2028 \"quoted\" \\ \n end";

    static readonly Dictionary<string, Action<JsonNode, SdkTarget, SdkWords>> s_all = new()
    {
        ["plain"] = static (outcome, _, _) => Said(outcome, Hello, 5, 7),
        ["system"] = static (outcome, _, _) => Said(outcome, "You said: Hello. My instructions: Be brief.", 4, 11),
        ["stream"] = static (outcome, target, words) => Streamed(outcome, Hello, target, words, 5, 7),
        ["unicode"] = static (outcome, target, words) => Streamed(outcome, Unicode, target, words, 12, 15),
        ["tools"] = static (outcome, _, words) => Called(outcome, words, "get_weather"),
        ["parallel-tools-stream"] = static (outcome, _, words) => Called(outcome, words, "get_weather", "get_time"),
        ["tool-result"] = static (outcome, _, _) =>
        {
            Calls(outcome["first"]!, "get_weather", "get_time");
            Said(outcome, "get_weather gave: get_weather is fine get_time gave: get_time is fine", 47, 18);
        },
        ["tool-result-stream"] = static (outcome, target, words) =>
        {
            Calls(outcome["first"]!, "get_weather");
            Streamed(outcome, "get_weather gave: get_weather is fine", target, words, 34, 10);
        },
        ["image"] = static (outcome, _, _) => Said(outcome, "You said: What is this? Seen: 1 image.", 260, 10),
        ["json-schema"] = static (outcome, _, _) => Json(outcome),
        ["reasoning"] = Thought,
        ["reasoning-stream"] = Thought,
        ["max-tokens"] = static (outcome, _, words) =>
        {
            Assert.Equal(words.Length, (string?)outcome["stop"]);
            Assert.Equal(80, Text(outcome).Length);
            Assert.Equal(20, (int?)outcome["usage"]?["output"]);
        },
        ["error-400"] = static (outcome, _, words) => Failed(outcome, words, 400),
        ["error-401"] = static (outcome, _, words) => Failed(outcome, words, 401),
        ["error-429"] = static (outcome, _, words) => Failed(outcome, words, 429),
        ["error-500"] = static (outcome, _, words) => Failed(outcome, words, 500),
        ["error-429-stream"] = static (outcome, _, words) => Failed(outcome, words, 429),
        ["error-in-stream"] = static (outcome, _, _) => Assert.NotNull(outcome["error"]),
        ["cut-stream"] = static (outcome, _, _) => Assert.NotNull(outcome["error"]),
        ["cancel"] = static (outcome, _, _) =>
        {
            Said(outcome, Hello, 5, 7);
            Assert.Equal(3, (int?)outcome["first"]!["chunks"]);
        },
    };

    public static IEnumerable<string> Names => s_all.Keys;

    public static void Check(string scenario, JsonNode outcome, SdkTarget target, SdkWords words)
    {
        try
        {
            s_all[scenario](outcome, target, words);
        }
        catch (Exception failure) when (failure is Xunit.Sdk.XunitException or InvalidOperationException)
        {
            throw new Xunit.Sdk.XunitException($"{failure.Message}\nOutcome: {outcome.ToJsonString()}");
        }
    }

    static string Text(JsonNode outcome)
    {
        Assert.Null(outcome["error"]);
        return (string?)outcome["text"] ?? "";
    }

    static void Said(JsonNode outcome, string text, int input, int output)
    {
        Assert.Equal(text, Text(outcome));
        Assert.Empty(outcome["calls"]!.AsArray());
        Assert.Equal((input, output), ((int?)outcome["usage"]?["input"], (int?)outcome["usage"]?["output"]));
    }

    static void Streamed(JsonNode outcome, string text, SdkTarget target, SdkWords words, int input, int output)
    {
        Assert.Equal(text, Text(outcome));
        Assert.InRange((int?)outcome["chunks"] ?? 0, 3, 100);
        if (target.EstimatesStreams)
        {
            // An estimate of what a real model would count, which the mock's count is not. Of the answer nothing is said at the start.
            Assert.InRange((int?)outcome["usage"]?["input"] ?? 0, input, (input * 20) + 100);
            Assert.Equal(output, (int?)outcome["usage"]?["output"]);
        }
        else
        {
            Assert.Equal((input, output + words.StreamTokensAdded), ((int?)outcome["usage"]?["input"], (int?)outcome["usage"]?["output"]));
        }
    }

    static void Called(JsonNode outcome, SdkWords words, params string[] names)
    {
        // Cohere's models say their plan beside the calls.
        Assert.DoesNotContain("You said", Text(outcome));
        Calls(outcome, names);
        Assert.Equal(words.Tools, (string?)outcome["stop"]);
    }

    static void Calls(JsonNode outcome, params string[] names)
    {
        var calls = outcome["calls"]!.AsArray();
        Assert.Equal(names, calls.Select(static call => (string?)call!["name"]));
        foreach (var call in calls)
            Assert.Equal((string?)call!["name"] == "get_weather" ? "{\"city\":\"city\"}" : "{\"zone\":\"zone\"}", call["args"]!.ToJsonString());
    }

    static void Json(JsonNode outcome)
    {
        var answer = JsonNode.Parse(Text(outcome))!;
        Assert.Equal(("city", 1), ((string?)answer["city"], (int?)answer["population"]));
    }

    /// <summary>Thoughts went back with the call, unaltered: the mock refuses the second turn otherwise.</summary>
    static void Thought(JsonNode outcome, SdkTarget target, SdkWords words)
    {
        Assert.Equal("get_weather gave: get_weather is fine", Text(outcome));
        Calls(outcome["first"]!, "get_weather");
        if (target.ShowsThoughts) Assert.Equal("The user said: Please call get_weather now. I shall answer.", (string?)outcome["first"]!["thought"]);
        if (words.CountsThoughts && target.CountsThoughts) Assert.Equal(8, (int?)outcome["usage"]?["reasoning"]);
    }

    static void Failed(JsonNode outcome, SdkWords words, int status)
    {
        var error = outcome["error"];
        Assert.NotNull(error);
        Assert.Equal((words.Errors[status], status), ((string?)error["classes"]![0], (int?)error["status"]));
    }
}
