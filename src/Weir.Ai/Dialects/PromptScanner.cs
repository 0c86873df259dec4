using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>The one pass of <see cref="PromptScan"/>.</summary>
ref struct PromptScanner
{
    /// <summary>
    /// Names that the gateway acts on. Were one of them to stand twice, the gateway and the provider could take different ones; and since there are providers
    /// that match names without regard to case, one that differs only by that counts as the same.
    /// </summary>
    static readonly string[] s_names =
    [
        "model", "stream", "max_tokens", "max_completion_tokens", "max_output_tokens", "n", "stream_options", "user",
        "messages", "input", "prompt", "system", "instructions", "tools", "temperature", "top_p", "top_k",
        "contents", "texts", "query", "documents", "requests", "thinking",
    ];

    readonly Problems _problems;
    Utf8JsonReader _reader;
    int _seen;
    PromptSize _size;

    public PromptScanner(ReadOnlySpan<byte> body, Problems problems)
    {
        _problems = problems;
        _reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = PromptScan.DepthMax });
    }

    public PromptScan Read()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _problems.Add("the body must be a JSON object");
            return default;
        }
        var scan = new PromptScan { RootStart = (int)_reader.TokenStartIndex };
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name();
            _reader.Read();
            if (name < 0) _reader.Skip();
            else scan = ReadField(name, scan);
        }
        _reader.Read();
        return scan with { Size = _size };
    }

    PromptScan ReadField(int name, PromptScan scan)
    {
        switch (s_names[name])
        {
            case "model": return scan with { ModelPlace = Place(), Model = Text(name) };
            case "stream": return scan with { StreamPlace = Place(), IsStream = Flag(s_names[name]) };
            case "max_tokens": return scan with { MaxTokensPlace = Place(), OutputTokensMax = Lower(scan.OutputTokensMax, Int(name)) };
            case "max_completion_tokens": return scan with { MaxCompletionTokensPlace = Place(), OutputTokensMax = Lower(scan.OutputTokensMax, Int(name)) };
            case "max_output_tokens": return scan with { MaxOutputTokensPlace = Place(), OutputTokensMax = Lower(scan.OutputTokensMax, Int(name)) };
            case "n": return scan with { Choices = Int(name) };
            case "user": return scan with { User = Text(name) };
            case "stream_options": return ReadStreamOptions(scan);
            case "tools": ReadTools(); return scan;
            case "thinking": return ReadThinking(scan);
            case "temperature": return scan with { HasTemperature = IsGiven() };
            case "top_p": return scan with { HasTopP = IsGiven() };
            case "top_k": return scan with { HasTopK = IsGiven() };
            default: ReadPrompt(isMessages: s_names[name] is "messages" or "input" or "contents"); return scan;
        }
    }

    bool IsGiven()
    {
        var isGiven = _reader.TokenType != JsonTokenType.Null;
        _reader.Skip();
        return isGiven;
    }

    /// <summary>Number of the name that the reader stands on, or -1; a name that stands a second time is a problem.</summary>
    int Name()
    {
        for (var i = 0; i < s_names.Length; i++)
        {
            if (!_reader.ValueIsEscaped && _reader.ValueSpan.Length != s_names[i].Length) continue;
            if (!_reader.ValueTextEquals(s_names[i]))
            {
                if (_reader.ValueSpan.Length == s_names[i].Length && Ascii.EqualsIgnoreCase(_reader.ValueSpan, s_names[i]))
                    _problems.Add(Encoding.UTF8.GetString(_reader.ValueSpan), $"must be written {s_names[i]}: there are providers that take it for the same");
                continue;
            }
            if ((_seen & (1 << i)) != 0) _problems.Add(s_names[i], "stands twice");
            _seen |= 1 << i;
            return i;
        }
        return -1;
    }

    PromptScan ReadStreamOptions(PromptScan scan)
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            if (_reader.TokenType != JsonTokenType.Null) Wrong("stream_options", "an object");
            return scan with { StreamOptionsPlace = Place() };
        }
        var start = (int)_reader.TokenStartIndex;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = _reader.ValueTextEquals("include_usage"u8);
            _reader.Read();
            if (!isUsage)
            {
                _reader.Skip();
                continue;
            }
            if (!scan.IncludeUsagePlace.IsEmpty) _problems.Add("stream_options.include_usage", "stands twice");
            scan = scan with { IncludeUsagePlace = Place(), IncludesUsage = Flag("stream_options.include_usage") };
        }
        return scan with { StreamOptionsPlace = new ByteRange(start, (int)_reader.BytesConsumed - start) };
    }

    /// <summary>What is wrong here is for the provider to say: there are several that have a field of this name.</summary>
    PromptScan ReadThinking(PromptScan scan)
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _reader.Skip();
            return scan;
        }
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var isBudget = _reader.ValueTextEquals("budget_tokens"u8) || _reader.ValueTextEquals("token_budget"u8);
            _reader.Read();
            if (!isBudget || _reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt32(out var tokens) || tokens <= 0)
            {
                _reader.Skip();
                continue;
            }
            if (!scan.ThinkingTokensPlace.IsEmpty) _problems.Add("thinking.budget_tokens", "stands twice");
            scan = scan with { ThinkingTokensPlace = Place(), ThinkingTokensMax = tokens };
        }
        return scan;
    }

    void ReadTools()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            if (_reader.TokenType != JsonTokenType.Null) Wrong("tools", "an array");
            return;
        }
        var start = _reader.BytesConsumed;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            _size.Tools++;
            _reader.Skip();
        }
        _size.ToolBytes = _reader.TokenStartIndex - start;
    }

    /// <summary>Counts all texts of a value. Names say which are none: media, ids, words of the format.</summary>
    void ReadPrompt(bool isMessages)
    {
        var depth = _reader.CurrentDepth;
        var kind = PromptText.Counted;
        do
        {
            switch (_reader.TokenType)
            {
                case JsonTokenType.PropertyName: kind = PromptTexts.KindOf(_reader.ValueSpan); continue;
                case JsonTokenType.String: Count(kind); break;
                case JsonTokenType.Number when kind == PromptText.Counted: _size.Tokens++; break;
                case JsonTokenType.StartObject when isMessages && _reader.CurrentDepth == depth + 1: _size.Messages++; break;
            }
            kind = PromptText.Counted;
        }
        while (!IsEnd(depth) && _reader.Read());
    }

    readonly bool IsEnd(int depth) =>
        _reader.CurrentDepth == depth && _reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName);

    void Count(PromptText kind)
    {
        var text = _reader.ValueSpan;
        switch (kind)
        {
            case PromptText.Counted: _size.TextBytes += _reader.ValueIsEscaped ? PromptTexts.UnescapedBytes(text) : text.Length; break;
            case PromptText.Media: _size.MediaBytes += text.Length; break;
            case PromptText.Kind:
                if (PromptTexts.IsImage(text)) _size.Images++;
                else if (PromptTexts.IsFile(text)) _size.Files++;
                break;
        }
    }

    /// <summary>Where the value is that the reader stands on: a scalar.</summary>
    readonly ByteRange Place()
    {
        var start = (int)_reader.TokenStartIndex;
        return new ByteRange(start, (int)_reader.BytesConsumed - start);
    }

    string? Text(int name)
    {
        if (_reader.TokenType == JsonTokenType.String) return WireText.Read(ref _reader);
        if (_reader.TokenType != JsonTokenType.Null) Wrong(s_names[name], "a string");
        return null;
    }

    bool? Flag(string name)
    {
        if (_reader.TokenType is JsonTokenType.True or JsonTokenType.False) return _reader.GetBoolean();
        if (_reader.TokenType != JsonTokenType.Null) Wrong(name, "true or false");
        return null;
    }

    int? Int(int name)
    {
        if (_reader.TokenType == JsonTokenType.Null) return null;
        if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt32(out var number) && number >= 0) return number;
        Wrong(s_names[name], "a whole number from 0");
        return null;
    }

    void Wrong(string name, string expected)
    {
        _problems.Add(name, $"must be {expected}");
        _reader.Skip();
    }

    static int? Lower(int? one, int? other) => one < other ? one : other ?? one;
}
