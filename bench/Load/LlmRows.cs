namespace Weir.Bench.Load;

/// <content>Calls of models.</content>
sealed partial record Row
{
    const int PromptBytes = 1024;
    const int Prompt16Bytes = 16 * 1024;
    const int Prompt200Bytes = 200 * 1024;

    public static Row LlmCall { get; } = new("llm", "A call of a model, 1 KB, OpenAI's dialect on both sides", LlmTraffic.OpenAi(PromptBytes), "llm")
    {
        Llm = new(LlmTraffic.OpenAiPath),
        Bounds =
        [
            Asked.CpuRatio(1.4).On("weir-loops"), Asked.CpuRatio(2.0).On("weir-sockets"),
            Asked.CpuRatio(1 / 15.0).Against(Portkey.SystemName, "llm"),
        ],
    };

    public static Row LlmTranslated { get; } = new(
        "llm-translated", "A call of a model, 1 KB, from Anthropic's dialect to OpenAI's (nginx: passed, as the reference)",
        LlmTraffic.Anthropic(PromptBytes), "llm")
    {
        Llm = new(LlmTraffic.AnthropicPath),
        Bounds = [Asked.CpuRatio(4)],
    };

    public static Row LlmGoverned { get; } = new(
        "llm-governed", "The same call with everything on: virtual key, token limit, budgets, ledger, metrics, regex guard (nginx: passed)",
        LlmTraffic.OpenAi(PromptBytes), "llm")
    {
        Llm = new(LlmTraffic.OpenAiPath) { IsGoverned = true },
        Bounds = [Asked.CpuRatio(1.5).Against("", "llm")],
    };

    public static Row LlmPrompt16 { get; } = new("llm-16k", "A call with a prompt of 16 KB", LlmTraffic.OpenAi(Prompt16Bytes), "llm-16k")
    {
        Llm = new(LlmTraffic.OpenAiPath),
        Bounds = [Asked.CpuRatio((double)Prompt16Bytes / PromptBytes).Against("", "llm")],
    };

    public static Row LlmPrompt200 { get; } = new("llm-200k", "A call with a prompt of 200 KB", LlmTraffic.OpenAi(Prompt200Bytes), "llm-200k")
    {
        Llm = new(LlmTraffic.OpenAiPath),
        Bounds = [Asked.CpuRatio((double)Prompt200Bytes / Prompt16Bytes).Against("", "llm-16k")],
    };

    public static Row LlmStream { get; } = new(
        "llm-stream", "64 live streams of 100 chunks, one every 10 ms; CPU is that of a chunk",
        LlmTraffic.OpenAiStream(PromptBytes, chunks: 100, everyMs: 10), "llm-stream")
    {
        Llm = new(LlmTraffic.OpenAiPath) { IsStream = true },
        Load = new LiveStreams(streams: 64),
        Bounds = [Asked.CpuRatio(1.3).On("weir-loops"), Asked.CpuRatio(2.2).On("weir-sockets")],
    };

    public static Row LlmStreams500 { get; } = new(
        "llm-streams500", "500 live streams of 100 chunks, one every 100 ms; latencies are the time from one chunk to the next",
        LlmTraffic.OpenAiStream(PromptBytes, chunks: 100, everyMs: 100), "llm-streams500")
    {
        Llm = new(LlmTraffic.OpenAiPath) { IsStream = true },
        Load = new LiveStreams(streams: 500),
        Bounds = [Asked.LongestMs(1000)],
    };

    public static Row LlmFirstToken { get; } = new(
        "llm-first-token", "Time to the first chunk of a stream through an idle gateway",
        LlmTraffic.OpenAiStream(PromptBytes, chunks: 2, everyMs: 1), "llm-first-token")
    {
        Llm = new(LlmTraffic.OpenAiPath) { IsStream = true },
        Load = new FirstToken(),
        Bounds = [Asked.AddedP50Us(300)],
    };
}
