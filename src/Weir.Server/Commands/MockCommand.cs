using System.CommandLine;
using System.Net;

namespace Weir.Server;

/// <summary><c>weir mock</c>: an upstream to try things against.</summary>
static class MockCommand
{
    public static Command Create()
    {
        var listen = new Option<string>("--listen")
        {
            Description = "Address to listen on.",
            HelpName = "address:port",
            DefaultValueFactory = static _ => "127.0.0.1:9000",
        };
        var requireKey = new Option<bool>("--require-key")
        {
            Description = "Answer 401 to a model call without a key, or with one that starts with 'wrong'.",
        };
        var command = new Command("mock", """
            Run an upstream to try things against.

            Echo: /anything (echo as JSON), /delay/N (N seconds), /status/N, /stream/N (N JSON lines), /drip (bytes over time: ?numbytes= &duration=
            &delay=), /bytes/N, /ws (WebSocket echo).

            Language models without a key or a network, by path: OpenAI (…/chat/completions, /completions, /responses, /embeddings, /models,
            /images/generations, /audio/…), Anthropic (/v1/messages, /v1/messages/count_tokens), Gemini (/v1beta/models/M:generateContent,
            :streamGenerateContent, :embedContent), Bedrock (/model/M/converse, /converse-stream), Cohere (/v2/chat, /v2/rerank, /v2/embed).
            They say back what they are told, call tools ("call a and b"), fill JSON schemas, think, and count a token for 4 bytes. A request that the
            provider would refuse is refused.

            To go wrong on demand: the header X-Mock, or [mock: …] in the last user message, with any of status=429; retry-after=2; close-after=N;
            stall-after=N; error-after=N (after N chunks); delay-ms=N; chunk-delay-ms=N; tokens=N (length of the answer); empty; malformed; refuse; filter.
            A model whose name starts with no-such is not found. docs/mock.md has it all.
            """) { listen, requireKey };
        command.SetAction(async (result, cancellation) =>
        {
            var address = result.GetValue(listen)!;
            if (!IPEndPoint.TryParse(address, out _))
            {
                await Console.Error.WriteLineAsync($"weir mock: --listen: '{address}' is no address:port, such as 127.0.0.1:9000 or [::1]:9000");
                return 1;
            }
            await using var mock = new MockServer(address, TimeProvider.System, result.GetValue(requireKey));
            try
            {
                await mock.StartAsync(cancellation);
            }
            catch (IOException refused)
            {
                await Console.Error.WriteLineAsync($"weir mock: {refused.Message} Choose another with --listen.");
                return 1;
            }
            Console.WriteLine($"weir mock listens on {mock.Address}");
            await ProcessSignals.WaitForStopAsync(cancellation);
            return 0;
        });
        return command;
    }
}
