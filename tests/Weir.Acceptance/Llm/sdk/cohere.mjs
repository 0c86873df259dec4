import { CohereClientV2 } from 'cohere-ai';

export async function ask(request, target) {
  const client = new CohereClientV2({ token: target.key, environment: target.baseUrl });
  const abort = new AbortController();
  const body = {
    model: target.model,
    messages: messages(request),
    maxTokens: request.maxTokens,
    ...(request.tools && { tools: request.tools.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } })) }),
    ...(request.schema && { responseFormat: { type: 'json_object', jsonSchema: request.schema } }),
    ...(request.reason && { thinking: { type: 'enabled', tokenBudget: 512 } }),
  };
  const options = { maxRetries: 0, abortSignal: abort.signal };
  if (!request.stream) {
    const answer = await client.chat(body, options);
    return reply(answer.message, answer.finishReason, answer.usage, 0);
  }
  const message = { role: 'assistant', content: [], toolCalls: [] };
  let [stop, usage, chunks] = [null, null, 0];
  try {
    for await (const event of await client.chatStream(body, options)) {
      if (/-delta$/.test(event.type)) chunks++;
      add(message, event);
      if (event.type === 'message-end') [stop, usage] = [event.delta.finishReason, event.delta.usage];
      if (event.type === 'message-end' && event.delta.error) throw new Error(event.delta.error);
      if (request.cancelAfter === chunks) {
        abort.abort();
        return { chunks };
      }
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    return { chunks };
  }
  if (!stop) throw new Error('the stream ended before message-end');
  return reply(message, stop, usage, chunks);
}

function add(message, event) {
  const delta = event.delta?.message;
  switch (event.type) {
    case 'content-start':
      message.content[event.index] = { ...delta.content };
      break;
    case 'content-delta':
      for (const kind of ['text', 'thinking'])
        if (delta.content[kind]) message.content[event.index][kind] += delta.content[kind];
      break;
    case 'tool-plan-delta':
      message.toolPlan = (message.toolPlan ?? '') + delta.toolPlan;
      break;
    case 'tool-call-start':
      message.toolCalls[event.index] = { ...delta.toolCalls, function: { ...delta.toolCalls.function } };
      break;
    case 'tool-call-delta':
      message.toolCalls[event.index].function.arguments += delta.toolCalls.function.arguments;
      break;
  }
}

function messages(request) {
  const list = request.system ? [{ role: 'system', content: request.system }] : [];
  for (const message of request.messages) {
    if (message.assistant) list.push(message.assistant);
    else if (message.results) list.push(...message.results.map(({ id, text }) => ({ role: 'tool', toolCallId: id, content: text })));
    else if (message.image) list.push({ role: 'user', content: [{ type: 'text', text: message.user }, image(message.image)] });
    else list.push({ role: 'user', content: message.user });
  }
  return list;
}

const image = (bytes) => ({ type: 'image_url', imageUrl: { url: `data:image/png;base64,${bytes}` } });

function reply(message, stop, usage, chunks) {
  const of = (type) => (message.content ?? []).filter((part) => part?.type === type).map((part) => part[type]).join('');
  const turn = { role: 'assistant' };
  if (message.toolCalls?.length) Object.assign(turn, { toolCalls: message.toolCalls, toolPlan: message.toolPlan });
  if (message.content?.length) turn.content = message.content;
  return {
    text: of('text'),
    thought: of('thinking'),
    calls: (message.toolCalls ?? []).map((call) => ({ id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) })),
    usage: usage && { input: usage.tokens?.inputTokens, output: usage.tokens?.outputTokens, cached: usage.cachedTokens ?? 0 },
    stop,
    chunks,
    turn,
  };
}
