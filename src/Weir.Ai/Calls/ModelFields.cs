namespace Weir.Ai;

/// <summary>Whether a body has a field for the model that the operator may set.</summary>
static class ModelFields
{
    /// <summary>Lists, files and jobs have one only where the client has put it there.</summary>
    public static bool HasOne(LlmCall call) => call.Scan.Model is not null || call.Surface.Operation is not
        (Operation.Files or Operation.Batches or Operation.Models or Operation.Assistants or Operation.Other);
}
