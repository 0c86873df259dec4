namespace Weir.Ai;

/// <summary>Notes what the records need of an answer as its events pass, and passes them on.</summary>
sealed class ReplyTap(LlmOutcome outcome, TimeProvider time, CallPace? pace = null) : IReplySink
{
    /// <summary>Where the events go; null for nowhere.</summary>
    public IReplySink? Next { get; set; }

    /// <summary>The first content of the answer has passed: what happens from now on, the client sees.</summary>
    public bool HasContent { get; private set; }

    /// <summary>The answer is over, well or not.</summary>
    public bool IsOver { get; private set; }

    public bool WantsText => Next?.WantsText ?? false;

    public void On(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.Started:
                outcome.ModelServed = reply.Name ?? outcome.ModelServed;
                outcome.ResponseId = reply.Id;
                break;
            case ReplyEventKind.PartStarted or ReplyEventKind.Delta:
                var chars = reply.Text?.Length ?? reply.Chars;
                outcome.TextChars += chars;
                pace?.Content(chars);
                if (HasContent) break;
                HasContent = true;
                if (outcome.FirstContentTicks == 0) outcome.FirstContentTicks = time.GetTimestamp();
                break;
            case ReplyEventKind.Usage:
                outcome.Usage = reply.Usage;
                break;
            case ReplyEventKind.Finished:
                outcome.Stop = reply.Stop;
                break;
            case ReplyEventKind.Ended:
                IsOver = outcome.IsComplete = true;
                break;
            case ReplyEventKind.Failed:
                IsOver = true;
                outcome.Error = reply.Error;
                break;
            default:
                break;
        }
        Next?.On(reply);
    }
}
