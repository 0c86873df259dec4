namespace Weir.Ai;

/// <summary>How many tokens something is.</summary>
/// <param name="Tokens">The best guess.</param>
/// <param name="TokensMax">What it hardly exceeds: what to reserve.</param>
readonly record struct TokenEstimate(long Tokens, long TokensMax);

/// <summary>
/// Estimates prompts before a provider has counted them. The texts are counted with the vocabulary of the model, or with o200k_base and the ratio of its
/// family; while the vocabulary is still being read, by kinds of characters.
/// </summary>
static class TokenEstimator
{
    /// <summary>Added to every upper bound: what a provider may put around a prompt that nobody knows of.</summary>
    const int Spare = 24;

    /// <summary>Without a vocabulary the upper bound is this much higher, in thousandths.</summary>
    const int RoughPermille = 500;

    /// <summary>Tokens of a conversation as the prompt of a model.</summary>
    public static TokenEstimate Prompt(ChatRequest request, string model)
    {
        var rates = TokenFamilies.Of(model);
        var counter = new Counter(rates);
        var media = 0L;
        foreach (var message in request.Messages)
        {
            counter.Add(message.Name);
            foreach (var part in message.Parts) media += Part(part, rates, ref counter);
        }
        var tools = new Counter(rates);
        foreach (var tool in request.Tools) Tool(tool, ref tools);
        var overhead = rates.Request + ((long)rates.Message * request.Messages.Count) + (request.Tools.Count > 0 ? rates.Tools : 0);
        counter.Add(request.Format?.Schema.ToString());
        var tokens = Scaled(counter.Tokens, rates.Permille) + Scaled(tools.Tokens, rates.ToolPermille) + overhead + media;
        return new(tokens, Upper(tokens, rates, counter.IsRough));
    }

    /// <summary>Tokens of a text alone: what a model has written, for instance.</summary>
    public static TokenEstimate Text(ReadOnlySpan<char> text, string model)
    {
        var rates = TokenFamilies.Of(model);
        var counter = new Counter(rates);
        counter.Add(text);
        var tokens = Scaled(counter.Tokens, rates.Permille);
        return new(tokens, Upper(tokens, rates, counter.IsRough));
    }

    /// <summary>Tokens of a JSON body that is passed on unread, by its length. Images in it count as text would, which is far too much.</summary>
    /// <param name="bytes">Bytes of its texts.</param>
    /// <param name="model">The model that reads it.</param>
    /// <param name="hasTools">Whether it defines tools, as far as that is known.</param>
    public static TokenEstimate Body(long bytes, string model, bool hasTools = true)
    {
        var rates = TokenFamilies.Of(model);
        var tokens = Scaled(ScriptTokens.OfBody(bytes), rates.Permille) + rates.Request;
        return new(tokens, Upper(tokens + (hasTools ? rates.Tools : 0), rates, isRough: true));
    }

    static long Part(Part part, TokenRates rates, ref Counter counter)
    {
        switch (part)
        {
            case TextPart text:
                counter.Add(text.Text);
                return 0;
            case RefusalPart refusal:
                counter.Add(refusal.Text);
                return 0;
            case ReasoningPart reasoning:
                counter.Add(reasoning.Text);
                return 0;
            case ToolCallPart call:
                counter.Add(call.Name);
                counter.Add(call.Arguments);
                return rates.Message;
            case ToolResultPart result:
                var media = 0L;
                foreach (var content in result.Content) media += Part(content, rates, ref counter);
                return media + rates.Message;
            case OpaquePart opaque:
                counter.Add(opaque.Json.ToString());
                return 0;
            case ImagePart image:
                return MediaTokens.OfImage(image, rates);
            case AudioPart audio:
                return MediaTokens.OfAudio(audio.Media);
            case DocumentPart document:
                counter.Add(document.Context);
                return MediaTokens.OfDocument(document.Media);
            case VideoPart video:
                return MediaTokens.OfVideo(video.Media);
            default:
                return 0;
        }
    }

    static void Tool(ToolDefinition tool, ref Counter counter)
    {
        counter.Add(tool.Name);
        counter.Add(tool.Description);
        counter.Add(tool.Parameters.ToString());
        counter.Add(tool.Opaque.ToString());
    }

    static long Scaled(long tokens, int permille) => ((tokens * permille) + 999) / 1000;

    static long Upper(long tokens, TokenRates rates, bool isRough) => tokens + Scaled(tokens, rates.MarginPermille + (isRough ? RoughPermille : 0)) + Spare;

    /// <summary>Adds up texts.</summary>
    struct Counter(TokenRates rates)
    {
        readonly BytePairEncoder? _encoder = rates.IsCl100k ? Vocabularies.Cl100k : Vocabularies.O200k;

        public long Tokens { get; private set; }

        public readonly bool IsRough => _encoder is null;

        public void Add(ReadOnlySpan<char> text)
        {
            if (!text.IsEmpty) Tokens += _encoder?.Count(text) ?? ScriptTokens.Of(text);
        }
    }
}
