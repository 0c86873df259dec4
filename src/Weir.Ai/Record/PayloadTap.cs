using System.Text;

namespace Weir.Ai;

/// <summary>Keeps the beginning of what a streamed answer says, for the log: texts, refusals, and calls of tools with their arguments.</summary>
sealed class PayloadTap(IReplySink? next, int charsMax) : IReplySink
{
    readonly StringBuilder _text = new();
    bool _isInCall;

    /// <summary>What was said, as far as it was kept.</summary>
    public string Text => _text.ToString();

    /// <summary>There was more.</summary>
    public bool IsCut { get; private set; }

    public void On(in ReplyEvent reply)
    {
        if (reply is { Kind: ReplyEventKind.PartStarted, PartKind: ReplyPartKind.ToolCall })
        {
            Add(_text.Length > 0 ? "\n" : "");
            Add(reply.Name ?? "");
            Add(" ");
            _isInCall = true;
        }
        else if (reply is { Kind: ReplyEventKind.Delta, PartKind: ReplyPartKind.Text or ReplyPartKind.Refusal or ReplyPartKind.ToolCall })
        {
            if (_isInCall && reply.PartKind != ReplyPartKind.ToolCall) Add("\n");
            _isInCall = reply.PartKind == ReplyPartKind.ToolCall;
            Add(reply.Text ?? "");
        }
        next?.On(reply);
    }

    void Add(string text)
    {
        var room = charsMax - _text.Length;
        IsCut |= text.Length > room;
        _text.Append(text.AsSpan(0, Math.Min(text.Length, room)));
    }
}
