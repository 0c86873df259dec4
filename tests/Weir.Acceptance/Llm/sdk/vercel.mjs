import { generateText, jsonSchema, Output, streamText, tool } from 'ai';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';

export async function ask(request, target) {
  const abort = new AbortController();
  const options = {
    model: model(target),
    maxRetries: 0,
    abortSignal: abort.signal,
    maxOutputTokens: request.maxTokens,
    messages: request.messages.flatMap(message),
    ...(request.system && { system: request.system }),
    ...(request.tools && { tools: Object.fromEntries(request.tools.map((from) => [from.name, tool({ description: from.description, inputSchema: jsonSchema(from.schema) })])) }),
    ...(request.schema && { output: Output.object({ schema: jsonSchema(request.schema) }) }),
    ...(request.reason && { providerOptions: reasoning }),
  };
  if (!request.stream) return reply(await generateText(options), 0);
  const failures = [];
  const stream = streamText({ ...options, onError: ({ error }) => failures.push(error) });
  let chunks = 0;
  for await (const part of stream.fullStream) {
    if (['text-delta', 'reasoning-delta', 'tool-input-delta'].includes(part.type)) chunks++;
    if (part.type === 'error') throw part.error;
    if (request.cancelAfter === chunks) {
      abort.abort();
      return { chunks };
    }
  }
  if (failures.length) throw failures[0];
  const [text, toolCalls, reasoningText, usage, finishReason, response] = await Promise.all(
    [stream.text, stream.toolCalls, stream.reasoningText, stream.usage, stream.finishReason, stream.response]);
  return reply({ text, toolCalls, reasoningText, usage, finishReason, response }, chunks);
}

const reasoning = {
  openai: { reasoningEffort: 'low', reasoningSummary: 'auto', store: false },
  anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } },
  google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 512 } },
};

function model({ surface, baseUrl, key, model: name }) {
  switch (surface) {
    case 'anthropic': return createAnthropic({ baseURL: baseUrl + '/v1', apiKey: key })(name);
    case 'google': return createGoogleGenerativeAI({ baseURL: baseUrl + '/v1beta', apiKey: key })(name);
    case 'responses': return createOpenAI({ baseURL: baseUrl, apiKey: key }).responses(name);
    default: return createOpenAI({ baseURL: baseUrl, apiKey: key }).chat(name);
  }
}

function message(from) {
  if (from.assistant) return from.assistant;
  if (from.results) {
    const content = from.results.map(({ id, name, text }) => ({ type: 'tool-result', toolCallId: id, toolName: name, output: { type: 'text', value: text } }));
    return [{ role: 'tool', content }];
  }
  const content = [{ type: 'text', text: from.user }];
  if (from.image) content.push({ type: 'image', image: from.image, mediaType: 'image/png' });
  return [{ role: 'user', content }];
}

function reply({ text, toolCalls, reasoningText, usage, finishReason, response }, chunks) {
  return {
    text,
    thought: reasoningText ?? '',
    calls: toolCalls.map((call) => ({ id: call.toolCallId, name: call.toolName, args: call.input })),
    usage: { input: usage.inputTokens, output: usage.outputTokens, cached: usage.cachedInputTokens ?? 0, reasoning: usage.reasoningTokens ?? 0 },
    stop: finishReason,
    chunks,
    turn: response.messages,
  };
}
