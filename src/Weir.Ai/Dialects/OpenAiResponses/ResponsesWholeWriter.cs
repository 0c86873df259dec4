using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a whole response.</summary>
sealed class ResponsesWholeWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly CollectedReply _reply = new();
    readonly Dictionary<int, List<int>> _breaks = [];
    readonly ResponsesEnvelopeWriter _envelope = new(shape);

    public override void On(in ReplyEvent reply)
    {
        if (reply.Kind == ReplyEventKind.Started) _envelope.Start(reply);
        if (reply.Kind == ReplyEventKind.Annotations)
        {
            var annotations = ResponsesAnnotations.Of(reply.Json, _reply.Dialect, shape.Losses);
            if (annotations.IsEmpty) return;
            _reply.On(new ReplyEvent { Kind = reply.Kind, Choice = reply.Choice, Part = reply.Part, PartKind = reply.PartKind, Json = annotations });
            return;
        }
        if (reply is { Kind: ReplyEventKind.Delta, PartKind: ReplyPartKind.Reasoning, Text: ResponsesNames.SummaryBreak, Choice: 0 }) MarkBreak(reply.Part);
        _reply.On(reply);
    }

    public override void Complete()
    {
        if (_reply.Error is { } error)
        {
            ResponsesErrors.Write(error, output);
            return;
        }
        if (_reply.Choices.Count > 1) shape.Losses.Add("choices");
        var choice = _reply.Choices.FirstOrDefault(static choice => choice.Number == 0) ?? new CollectedChoice(0);
        var items = new ResponsesOutput(shape) { IsOwn = _envelope.IsOwn };
        foreach (var part in choice.Parts) items.Add(part, out _);
        foreach (var (name, _, _, _) in _reply.Extras)
            if (!_envelope.IsOwn) shape.Losses.Add(name);
        _envelope.Usage = _reply.Usage;
        using var json = new Utf8JsonWriter(output, WireText.Options);
        var stop = ResponsesEnvelopeWriter.Plain(choice.Stop, choice.Parts.Exists(static part => part.Kind == ReplyPartKind.Refusal));
        _envelope.Write(json, ResponsesEnvelopeWriter.StatusOf(stop), choice.Json, writer =>
        {
            foreach (var item in items.Items)
            {
                if (_breaks.TryGetValue(item.Parts[0].Number, out var breaks)) item.Breaks.AddRange(breaks);
                item.Write(writer, isDone: true);
            }
        }, stop);
    }

    void MarkBreak(int number)
    {
        foreach (var choice in _reply.Choices)
        {
            foreach (var part in choice.Parts)
            {
                if (choice.Number != 0 || part.Number != number || part.IsEmpty) continue;
                if (!_breaks.TryGetValue(number, out var breaks)) _breaks[number] = breaks = [];
                breaks.Add(part.Length);
            }
        }
    }
}
