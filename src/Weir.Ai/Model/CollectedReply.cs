using System.Text;

namespace Weir.Ai;

/// <summary>All of an answer, put together from its events: for writers of whole answers.</summary>
sealed class CollectedReply : IReplySink
{
    readonly List<CollectedChoice> _choices = [];

    public string? Id { get; private set; }

    /// <summary>Dialect that it was read from; null where not said.</summary>
    public DialectName? Dialect { get; private set; }

    public string? Model { get; private set; }

    public long Unix { get; private set; }

    /// <summary>Fields of the start that only the dialect knows, as an object; empty for none.</summary>
    public JsonText Json { get; private set; }

    public TokenUsage? Usage { get; private set; }

    /// <summary>The usage in the words of the dialect; empty where the event had none.</summary>
    public JsonText UsageJson { get; private set; }

    /// <summary>Set when the answer failed.</summary>
    public LlmError? Error { get; private set; }

    /// <summary>The choices in the order in which they came.</summary>
    public IReadOnlyList<CollectedChoice> Choices => _choices;

    /// <summary>The first choice: for wires that know no other.</summary>
    public CollectedChoice First => _choices.Find(static choice => choice.Number == 0) ?? new CollectedChoice(0);

    /// <summary>There are more choices than the first.</summary>
    public bool HasOtherChoices => _choices.Exists(static choice => choice.Number > 0);

    /// <summary>There are log probabilities in the first choice.</summary>
    public bool HasLogprobs => First.Parts.Exists(static part => part.Logprobs.Count > 0);

    /// <summary>Fields without a place, in order; of a field that came twice only the last.</summary>
    public List<(string Name, int Choice, int Part, JsonText Json)> Extras { get; } = [];

    public void On(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.Started:
                (Id, Dialect, Model, Unix, Json) = (reply.Id, reply.Dialect, reply.Name, reply.Unix, reply.Json);
                break;
            case ReplyEventKind.Usage:
                (Usage, UsageJson) = (reply.Usage, reply.Json);
                break;
            case ReplyEventKind.Extra:
                TakeExtra(reply);
                break;
            case ReplyEventKind.Failed:
                Error = reply.Error;
                break;
            case ReplyEventKind.Ended:
                break;
            default:
                Choice(reply.Choice).On(reply);
                break;
        }
    }

    void TakeExtra(in ReplyEvent reply)
    {
        var (name, choice, part) = (reply.Name ?? "", reply.Choice, reply.Part);
        Extras.RemoveAll(extra => extra.Name == name && extra.Choice == choice && extra.Part == part);
        Extras.Add((name, choice, part, reply.Json));
    }

    CollectedChoice Choice(int number)
    {
        foreach (var choice in _choices)
            if (choice.Number == number) return choice;
        var added = new CollectedChoice(number);
        _choices.Add(added);
        return added;
    }
}

/// <summary>One choice of an answer.</summary>
sealed class CollectedChoice(int number)
{
    public int Number { get; } = number;

    public List<CollectedPart> Parts { get; } = [];

    public bool IsFinished { get; private set; }

    public StopReason Stop { get; private set; }

    /// <summary>The provider's own word for why it stopped, or null.</summary>
    public string? StopName { get; private set; }

    /// <summary>The stop sequence that was met, or null.</summary>
    public string? StopText { get; private set; }

    /// <summary>Fields of the end that only the dialect knows, as an object; empty for none.</summary>
    public JsonText Json { get; private set; }

    public void On(in ReplyEvent reply)
    {
        if (reply.Kind == ReplyEventKind.Finished)
        {
            (IsFinished, Stop, StopName, StopText, Json) = (true, reply.Stop, reply.Name, reply.Text, reply.Json);
            return;
        }
        if (reply.Kind == ReplyEventKind.PartStarted)
        {
            Parts.Add(new CollectedPart { Number = reply.Part, Kind = reply.PartKind, Id = reply.Id, Name = reply.Name, Json = reply.Json });
            return;
        }
        Part(reply.Part)?.On(reply);
    }

    CollectedPart? Part(int number)
    {
        for (var i = Parts.Count - 1; i >= 0; i--)
            if (Parts[i].Number == number) return Parts[i];
        return null;
    }
}

/// <summary>One part of a choice.</summary>
sealed class CollectedPart
{
    readonly StringBuilder _text = new();

    public required int Number { get; init; }

    public required ReplyPartKind Kind { get; init; }

    /// <summary>Id of a tool call or a reasoning item, or null.</summary>
    public string? Id { get; init; }

    /// <summary>Name of the tool, the MIME type of audio and images, or the kind of an opaque part.</summary>
    public string? Name { get; init; }

    /// <summary>The whole of an opaque part; of another, an object of the fields that only the dialect knows, or empty.</summary>
    public JsonText Json { get; set; }

    public string Text => _text.ToString();

    public bool IsEmpty => _text.Length == 0;

    /// <summary>Characters of <see cref="Text"/>.</summary>
    public int Length => _text.Length;

    public string? Signature { get; private set; }

    public string? Encrypted { get; private set; }

    /// <summary>Arrays of annotations, in order.</summary>
    public List<JsonText> Annotations { get; } = [];

    /// <summary>Arrays of log probabilities, in order.</summary>
    public List<JsonText> Logprobs { get; } = [];

    public void On(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.Delta:
                _text.Append(reply.Text);
                break;
            case ReplyEventKind.Signature:
                Signature += reply.Text;
                break;
            case ReplyEventKind.Encrypted:
                Encrypted += reply.Text;
                break;
            case ReplyEventKind.Annotations:
                Annotations.Add(reply.Json);
                break;
            case ReplyEventKind.Logprobs:
                Logprobs.Add(reply.Json);
                break;
            case ReplyEventKind.PartEnded:
                if (!reply.Json.IsEmpty) Json = reply.Json;
                break;
        }
    }
}
