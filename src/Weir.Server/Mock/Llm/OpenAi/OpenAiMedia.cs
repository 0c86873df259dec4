using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Images: one pixel, whatever was asked for.</summary>
sealed class OpenAiImages(MockProvider provider) : MockOperation(provider)
{
    const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
    const int ImagesMax = 10;
    const int TokensPerImage = 272;

    public override async Task AnswerAsync(MockCall call)
    {
        var body = call.Request.HasFormContentType ? await OpenAiAudioText.FieldsAsync(call) : await call.ReadJsonAsync();
        if (body is null) return;
        var prompt = call.Check.Text(body, "prompt", "", required: true) ?? "";
        var count = Math.Clamp(int.TryParse(body["n"]?.ToString(), out var n) ? n : 1, 1, ImagesMax);
        if (body["n"] is { } asked && asked.ToString() != $"{count}") call.Check.Fail($"{asked} is not valid under any of the given schemas - 'n'", "n");
        var byUrl = body["response_format"]?.ToString() == "url";
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], prompt);
        if (await call.FailsAsync(script)) return;
        var list = new JsonArray();
        for (var i = 0; i < count; i++)
            list.Add(byUrl ? new JsonObject { ["url"] = $"data:image/png;base64,{Pixel}" } : new JsonObject { ["b64_json"] = Pixel });
        var tokens = MockTally.TokensOf(prompt);
        var usage = new JsonObject
        {
            ["input_tokens"] = tokens,
            ["input_tokens_details"] = new JsonObject { ["text_tokens"] = tokens, ["image_tokens"] = 0 },
            ["output_tokens"] = TokensPerImage * count,
            ["total_tokens"] = tokens + TokensPerImage * count,
        };
        await call.SendJsonAsync(new JsonObject { ["created"] = call.UnixSeconds, ["data"] = list, ["usage"] = usage }, script);
    }
}

/// <summary>Speech: silence, 50 ms for each token of the text.</summary>
sealed class OpenAiSpeech(MockProvider provider) : MockOperation(provider)
{
    const int SampleRate = 24_000;
    const int BytesPerToken = SampleRate / 20 * 2;
    const int WavHeaderBytes = 44;

    public override async Task AnswerAsync(MockCall call)
    {
        if (await call.ReadJsonAsync() is not { } body) return;
        call.Check.Text(body, "model", "", call.Target.Length == 0);
        var input = call.Check.Text(body, "input", "", required: true) ?? "";
        if (body["voice"] is null) call.Check.RequireMissing("voice");
        var format = call.Check.OneOf(body, "response_format", "", false, "mp3", "opus", "aac", "flac", "wav", "pcm") ?? "mp3";
        call.Check.Number(body, "speed", "", 0.25, 4);
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], input);
        if (await call.FailsAsync(script)) return;
        var samples = MockTally.TokensOf(input) * BytesPerToken;
        await call.SendAsync(format switch
        {
            "wav" => "audio/wav",
            "pcm" => "audio/pcm",
            "mp3" => "audio/mpeg",
            _ => "audio/" + format,
        }, script.IsEmpty ? [] : format == "wav" ? Wav(samples) : new byte[samples]);
    }

    /// <summary>RIFF header of one channel of 16-bit samples, and silence.</summary>
    static byte[] Wav(int bytes)
    {
        var wav = new byte[WavHeaderBytes + bytes];
        "RIFF"u8.CopyTo(wav);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(4), WavHeaderBytes - 8 + bytes);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(24), SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(28), SampleRate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(34), 16);
        "data"u8.CopyTo(wav.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), bytes);
        return wav;
    }
}

/// <summary>Transcriptions and translations: says what file it heard.</summary>
sealed class OpenAiAudioText(MockProvider provider) : MockOperation(provider)
{
    public override async Task AnswerAsync(MockCall call)
    {
        if (!call.Request.HasFormContentType)
        {
            await call.FailAsync(new MockProblem(400, "[{'type': 'missing', 'loc': ('body', 'file'), 'msg': 'Field required', 'input': None}]", "file"));
            return;
        }
        if (await FieldsAsync(call) is not { } fields) return;
        var file = call.Request.Form.Files["file"];
        if (file is null) call.Check.RequireMissing("file");
        call.Check.Text(fields, "model", "", call.Target.Length == 0);
        var format = call.Check.OneOf(fields, "response_format", "", false, "json", "text", "srt", "verbose_json", "vtt", "diarized_json") ?? "json";
        var script = MockScript.Of(call.Request.Headers[MockScript.Header], fields["prompt"]?.ToString() ?? "");
        if (await call.FailsAsync(script)) return;
        var text = $"Heard {file!.Length} bytes of {file.FileName}.";
        if (fields["stream"]?.ToString() == "true")
            await call.StreamAsync(Events(text), MockEventStream.Instance, script, problem => new(null, Provider.Error(problem)));
        else if (format is "text" or "srt" or "vtt") await call.SendAsync("text/plain; charset=utf-8", System.Text.Encoding.UTF8.GetBytes(text + "\n"));
        else await call.SendJsonAsync(new JsonObject { ["text"] = text, ["usage"] = Usage(text) }, script);
    }

    static IEnumerable<MockEvent> Events(string text)
    {
        foreach (var piece in MockReply.Pieces(text))
            yield return new("transcript.text.delta", new() { ["type"] = "transcript.text.delta", ["delta"] = piece }, IsChunk: true);
        yield return new("transcript.text.done", new() { ["type"] = "transcript.text.done", ["text"] = text, ["usage"] = Usage(text) });
    }

    static JsonObject Usage(string text) => new()
    {
        ["type"] = "tokens",
        ["input_tokens"] = MockTally.TokensPerMedia,
        ["input_token_details"] = new JsonObject { ["text_tokens"] = 0, ["audio_tokens"] = MockTally.TokensPerMedia },
        ["output_tokens"] = MockTally.TokensOf(text),
        ["total_tokens"] = MockTally.TokensPerMedia + MockTally.TokensOf(text),
    };

    /// <summary>The texts of a form; null after a broken one has been refused.</summary>
    public static async Task<JsonObject?> FieldsAsync(MockCall call)
    {
        try
        {
            var form = await call.Request.ReadFormAsync();
            var fields = new JsonObject();
            foreach (var (name, values) in form) fields[name] = values.ToString();
            return fields;
        }
        catch (InvalidDataException broken)
        {
            await call.FailAsync(new MockProblem(400, "Could not parse multipart form: " + broken.Message));
            return null;
        }
    }
}
