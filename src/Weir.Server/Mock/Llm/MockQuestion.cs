using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>What the mock understood of a request, whichever wire it came over.</summary>
sealed class MockQuestion
{
    public string Model { get; set; } = "";

    public bool IsStream { get; set; }

    /// <summary>Usage is to be sent at the end of the stream, where the wire lets the caller choose.</summary>
    public bool AsksUsage { get; set; }

    /// <summary>System prompt and developer messages, one after another.</summary>
    public List<string> System { get; } = [];

    /// <summary>Text of the last user message.</summary>
    public string UserText { get; set; } = "";

    /// <summary>What tools gave in the last turn: name and text.</summary>
    public List<(string Tool, string Text)> ToolResults { get; } = [];

    /// <summary>Media of the last user message, in order: "image", "document", "audio".</summary>
    public List<string> Media { get; } = [];

    public List<MockTool> Tools { get; } = [];

    public MockToolMode ToolMode { get; set; }

    /// <summary>The tool that must be called; null where the mode does not name one.</summary>
    public string? ToolName { get; set; }

    public bool AllowsParallel { get; set; } = true;

    /// <summary>JSON is to be the answer's form.</summary>
    public bool WantsJson { get; set; }

    /// <summary>Schema of the answer, or null.</summary>
    public JsonNode? Schema { get; set; }

    /// <summary>The model shall think before it answers.</summary>
    public bool Reasons { get; set; }

    /// <summary>The thoughts, or a summary of them, are to be shown, where the wire lets the caller choose.</summary>
    public bool ShowsThoughts { get; set; }

    /// <summary>The thoughts are to be sent closed up, for the next turn.</summary>
    public bool ClosesThoughts { get; set; }

    public int? OutputTokensMax { get; set; }

    public List<string> Stops { get; } = [];

    public int Choices { get; set; } = 1;

    public bool Logprobs { get; set; }

    public MockTally Prompt { get; } = new();
}

/// <summary>A tool that the model may call.</summary>
sealed record MockTool(string Name, JsonNode? Schema);

enum MockToolMode { Auto, None, Any, Named }
