using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Reads GenerateContentResponses, one or a stream of them. Nothing in a stream says that it is complete: the reasons to stop are kept until its bytes end,
/// since usage and grounding may follow them.
/// </summary>
sealed class GeminiReplyReader(IReplySink sink, bool isStream)
{
    /// <summary>Higher numbers of candidates are taken for their place instead: no model gives so many.</summary>
    const int CandidatesMax = 128;

    readonly List<GeminiCandidateReader> _candidates = [];
    JsonText _usage;
    TokenUsage? _lastUsage;
    string? _blocked;
    long _searches;
    bool _isStarted;

    /// <summary>Ended or failed: nothing more is read.</summary>
    public bool IsOver { get; private set; }

    public static void ReadWhole(ReadOnlyMemory<byte> body, IReplySink sink)
    {
        var reader = new GeminiReplyReader(sink, isStream: false);
        if (reader.Read(body)) reader.End();
    }

    /// <summary>Reads one response, or an array of them. False when that failed.</summary>
    public bool Read(ReadOnlyMemory<byte> json)
    {
        if (IsOver) return false;
        try
        {
            using var document = WireJson.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Array)
                foreach (var one in document.RootElement.EnumerateArray()) Take(one);
            else Take(document.RootElement);
        }
        catch (Exception e) when (WireJson.IsBroken(e))
        {
            Fail("The provider's answer is not valid JSON.");
        }
        return !IsOver;
    }

    /// <summary>The bytes have ended.</summary>
    public void End()
    {
        if (IsOver) return;
        if (_candidates.Count == 0 && _blocked is null)
        {
            Fail(_isStarted ? "The provider's answer has no candidates." : "The provider's answer is empty.");
            return;
        }
        foreach (var candidate in _candidates)
        {
            if (candidate.IsComplete || _blocked is not null) continue;
            Fail("The provider's answer ended before it was complete.");
            return;
        }
        if (_searches > 0 && _lastUsage is not null) SendUsage(_lastUsage with { WebSearches = _searches });
        foreach (var candidate in _candidates) candidate.End(_blocked);
        if (_candidates.Count == 0)
            sink.On(new ReplyEvent { Kind = ReplyEventKind.Finished, Stop = StopReason.ContentFilter, Name = _blocked });
        IsOver = true;
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Ended });
    }

    public void Fail(string message) => Fail(new LlmError(LlmErrorKind.Provider, 502, message));

    void Fail(LlmError error)
    {
        if (IsOver) return;
        IsOver = true;
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = error });
    }

    void Take(JsonElement reply)
    {
        if (IsOver) return;
        if (reply.ValueKind != JsonValueKind.Object)
        {
            Fail("The provider's answer is not a JSON object.");
            return;
        }
        if (reply.TryGet("error", out var error))
        {
            Fail(GeminiErrors.Of(error, 0));
            return;
        }
        Start(reply);
        CountSearches(reply);
        TakeFields(reply);
        if (!reply.TryGet("candidates", out var candidates) || candidates.ValueKind != JsonValueKind.Array) return;
        var position = 0;
        foreach (var candidate in candidates.EnumerateArray())
        {
            if (candidate.ValueKind == JsonValueKind.Object) CandidateOf(candidate, position).Take(candidate);
            position++;
        }
    }

    void Start(JsonElement reply)
    {
        if (_isStarted) return;
        _isStarted = true;
        var unix = reply.Text("createTime") is { } created && DateTimeOffset.TryParse(created, System.Globalization.CultureInfo.InvariantCulture, out var time)
            ? time.ToUnixTimeSeconds() : 0;
        sink.On(new ReplyEvent
        {
            Kind = ReplyEventKind.Started,
            Dialect = DialectName.Gemini,
            Id = reply.Text("responseId"),
            Name = reply.Text("modelVersion"),
            Unix = unix,
            Json = reply.TryGet("createTime", out var raw) ? WireJson.Object([new Extra("createTime", WireJson.Copy(raw))]) : default,
        });
    }

    void TakeFields(JsonElement reply)
    {
        foreach (var property in reply.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null || property.NameEquals("candidates") || property.Is("modelVersion") || property.Is("responseId")
                || property.Is("createTime")) continue;
            if (property.Is("usageMetadata"))
            {
                TakeUsage(property.Value);
                continue;
            }
            if (property.Is("promptFeedback"))
            {
                _blocked = property.Value.Text("blockReason") ?? _blocked;
                Extra("promptFeedback", property.Value);
                continue;
            }
            Extra(property.Name, property.Value);
        }
    }

    void TakeUsage(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object) return;
        var raw = WireJson.Copy(usage);
        if (raw == _usage) return;
        (_usage, _lastUsage) = (raw, GeminiUsage.Read(usage));
        SendUsage(_lastUsage);
    }

    void SendUsage(TokenUsage usage) => sink.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = usage, Json = _usage });

    /// <summary>Searches are billed on their own, and told only as the queries made.</summary>
    void CountSearches(JsonElement reply)
    {
        if (!reply.TryGet("candidates", out var candidates) || candidates.ValueKind != JsonValueKind.Array) return;
        foreach (var candidate in candidates.EnumerateArray())
        {
            if (!candidate.TryGet("groundingMetadata", out var grounding) || !grounding.TryGet("webSearchQueries", out var queries)) continue;
            if (queries.ValueKind != JsonValueKind.Array) continue;
            var count = 0;
            foreach (var query in queries.EnumerateArray())
                if (query.ValueKind == JsonValueKind.String && !query.ValueEquals("")) count++;
            _searches = Math.Max(_searches, count);
        }
    }

    void Extra(string name, JsonElement value) =>
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Extra, Name = name, Json = WireJson.Copy(value) });

    GeminiCandidateReader CandidateOf(JsonElement candidate, int position)
    {
        var hasIndex = candidate.TryGet("index", out var given) && given.ValueKind == JsonValueKind.Number;
        var index = hasIndex && given.TryGetInt32(out var number) && number is >= 0 and < CandidatesMax ? number : position;
        foreach (var known in _candidates)
            if (known.Index == index) return known;
        var added = new GeminiCandidateReader(sink, index, isStream);
        _candidates.Add(added);
        return added;
    }
}
