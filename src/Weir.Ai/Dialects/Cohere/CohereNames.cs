namespace Weir.Ai;

/// <summary>Words of Cohere's that events and parts are marked with.</summary>
static class CohereNames
{
    /// <summary>Name of the text part in which the model says which tools it is going to call.</summary>
    public const string ToolPlan = "tool_plan";

    public const string Logprobs = "logprobs";
}
