using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Fields of an answer that have no place in the events. Streams repeat most of them with every chunk: each is passed on when it first comes, and when it
/// changes.
/// </summary>
/// <param name="sink">Gets the events.</param>
/// <param name="prefix">Stands before the names.</param>
/// <param name="choice">Choice that they belong to.</param>
sealed class ReplyExtras(IReplySink sink, string prefix, int choice = 0)
{
    /// <summary>Most fields kept.</summary>
    const int CountMax = 64;

    readonly List<(string Field, Extra Extra)> _last = [];
    bool _isOpen;

    /// <summary>Lets the events through, those that have waited first. Nothing may come before the start of the answer.</summary>
    public void Open()
    {
        if (_isOpen) return;
        _isOpen = true;
        foreach (var (_, extra) in _last) Send(extra);
    }

    /// <summary>Takes the field whose name the reader stands on; returns a bookmark on its value.</summary>
    public Utf8JsonReader Keep(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> document)
    {
        var field = reader;
        var at = 0;
        while (at < _last.Count && !reader.ValueTextEquals(_last[at].Field)) at++;
        var value = Wire.Take(ref reader);
        if (value.TokenType is JsonTokenType.Null) return value;
        var json = document[(int)value.TokenStartIndex..(int)reader.BytesConsumed];
        if (at == CountMax || json.SequenceEqual("{}"u8) || json.SequenceEqual("[]"u8)) return value;
        if (at < _last.Count && json.SequenceEqual(_last[at].Extra.Value.Utf8.Span)) return value;
        var name = at < _last.Count ? _last[at].Field : WireText.Read(ref field)!;
        var extra = new Extra(prefix + name, new JsonText(json.ToArray()));
        if (at < _last.Count) _last[at] = (name, extra);
        else _last.Add((name, extra));
        if (_isOpen) Send(extra);
        return value;
    }

    void Send(Extra extra) => sink.On(new ReplyEvent { Kind = ReplyEventKind.Extra, Choice = choice, Name = extra.Name, Json = extra.Value });
}
