using System.Text;

namespace Weir.Ai;

/// <summary>One answer put together from its events, for wires that write it whole. Of several choices the first alone is kept.</summary>
sealed class GatheredReply
{
    readonly List<GatheredPart> _parts = [];
    readonly List<Extra> _extras = [];

    public string? Id { get; private set; }

    public string? Model { get; private set; }

    /// <summary>Dialect that it was read from, or null.</summary>
    public DialectName? Dialect { get; private set; }

    /// <summary>The parts in the order of their numbers.</summary>
    public IReadOnlyList<GatheredPart> Parts => _parts;

    public IReadOnlyList<Extra> Extras => _extras;

    public StopReason? Stop { get; private set; }

    /// <summary>The provider's own word for <see cref="StopReason.Other"/>, or null.</summary>
    public string? StopName { get; private set; }

    /// <summary>The stop sequence that was matched, or null.</summary>
    public string? StopSequence { get; private set; }

    public TokenUsage? Usage { get; private set; }

    public LlmError? Error { get; private set; }

    /// <summary>There were more choices than the one kept.</summary>
    public bool HasOtherChoices { get; private set; }

    /// <summary>There were log probabilities.</summary>
    public bool HasLogprobs { get; private set; }

    public void Add(in ReplyEvent reply)
    {
        if (reply.Choice > 0)
        {
            HasOtherChoices = true;
            return;
        }
        switch (reply.Kind)
        {
            case ReplyEventKind.Started:
                (Id, Model, Dialect, Usage) = (reply.Id, reply.Name, reply.Dialect, reply.Usage ?? Usage);
                break;
            case ReplyEventKind.PartStarted:
                PartOf(reply);
                break;
            case ReplyEventKind.Finished:
                (Stop, StopName, StopSequence) = (reply.Stop, reply.Name, reply.Text);
                break;
            case ReplyEventKind.Usage:
                Usage = reply.Usage;
                break;
            case ReplyEventKind.Extra:
                _extras.Add(new Extra(reply.Name ?? "", reply.Json));
                break;
            case ReplyEventKind.Logprobs:
                HasLogprobs = true;
                break;
            case ReplyEventKind.Failed:
                Error = reply.Error;
                break;
            case ReplyEventKind.Delta or ReplyEventKind.Signature or ReplyEventKind.Encrypted or ReplyEventKind.Annotations:
                PartOf(reply).Add(reply);
                break;
            default:
                break;
        }
    }

    GatheredPart PartOf(in ReplyEvent reply)
    {
        var at = _parts.Count;
        while (at > 0 && _parts[at - 1].Number > reply.Part) at--;
        if (at > 0 && _parts[at - 1].Number == reply.Part) return _parts[at - 1];
        var part = new GatheredPart { Number = reply.Part, Kind = reply.PartKind, Id = reply.Id, Name = reply.Name, Json = reply.Json };
        _parts.Insert(at, part);
        return part;
    }
}

/// <summary>One part of an answer.</summary>
sealed class GatheredPart
{
    readonly StringBuilder _text = new();

    public required int Number { get; init; }

    public required ReplyPartKind Kind { get; init; }

    public string? Id { get; init; }

    public string? Name { get; init; }

    /// <summary>The whole of an opaque part.</summary>
    public JsonText Json { get; init; }

    public string Text => _text.ToString();

    public string? Signature { get; private set; }

    public string? Encrypted { get; private set; }

    /// <summary>Arrays of annotations, as they came.</summary>
    public List<JsonText> Annotations { get; } = [];

    public void Add(in ReplyEvent reply)
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
            default:
                break;
        }
    }
}
