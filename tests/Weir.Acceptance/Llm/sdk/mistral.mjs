import { Mistral } from '@mistralai/mistralai';

export async function ask(request, target) {
  const client = new Mistral({ apiKey: target.key, serverURL: target.baseUrl, retryConfig: { strategy: 'none' } });
  const abort = new AbortController();
  const body = {
    model: target.model,
    messages: messages(request),
    maxTokens: request.maxTokens,
    ...(request.tools && { tools: request.tools.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } })) }),
    ...(request.schema && { responseFormat: { type: 'json_schema', jsonSchema: { name: 'answer', strict: true, schemaDefinition: request.schema } } }),
    ...(request.reason && { reasoningEffort: 'high' }),
  };
  const options = { fetchOptions: { signal: abort.signal } };
  if (!request.stream) {
    const answer = await client.chat.complete(body, options);
    return reply(answer.choices[0].message, answer.choices[0].finishReason, answer.usage, 0);
  }
  const message = { role: 'assistant', content: '', toolCalls: [] };
  let [stop, usage, chunks] = [null, null, 0];
  try {
    for await (const { data } of await client.chat.stream(body, options)) {
      usage = data.usage ?? usage;
      const choice = data.choices[0];
      stop = choice?.finishReason ?? stop;
      message.content += text(choice?.delta?.content);
      for (const call of choice?.delta?.toolCalls ?? []) {
        const whole = (message.toolCalls[call.index ?? 0] ??= { id: call.id, type: 'function', function: { name: '', arguments: '' } });
        if (call.id && call.id !== 'null') whole.id = call.id;
        if (call.function.name) whole.function.name = call.function.name;
        whole.function.arguments += typeof call.function.arguments === 'string' ? call.function.arguments : JSON.stringify(call.function.arguments);
      }
      if (choice?.delta?.content || choice?.delta?.toolCalls?.length) chunks++;
      if (request.cancelAfter === chunks) {
        abort.abort();
        break;
      }
    }
  } catch (error) {
    // Leaving the loop of an aborted stream throws.
    if (!abort.signal.aborted) throw error;
    return { chunks };
  }
  if (abort.signal.aborted) return { chunks };
  if (!stop) throw new Error('the stream ended before a finish reason');
  return reply(message, stop, usage, chunks);
}

const text = (content) => (Array.isArray(content) ? content.map((part) => part.text ?? '').join('') : (content ?? ''));

function messages(request) {
  const list = request.system ? [{ role: 'system', content: request.system }] : [];
  for (const message of request.messages) {
    if (message.assistant) list.push(message.assistant);
    else if (message.results) list.push(...message.results.map(({ id, name, text: content }) => ({ role: 'tool', toolCallId: id, name, content })));
    else if (message.image) list.push({ role: 'user', content: [{ type: 'text', text: message.user }, image(message.image)] });
    else list.push({ role: 'user', content: message.user });
  }
  return list;
}

const image = (bytes) => ({ type: 'image_url', imageUrl: `data:image/png;base64,${bytes}` });

function reply(message, stop, usage, chunks) {
  const parsed = (value) => (typeof value === 'string' ? JSON.parse(value) : value);
  return {
    text: text(message.content),
    thought: '',
    calls: (message.toolCalls ?? []).map((call) => ({ id: call.id, name: call.function.name, args: parsed(call.function.arguments) })),
    usage: usage && { input: usage.promptTokens, output: usage.completionTokens },
    stop,
    chunks,
    turn: { role: 'assistant', content: message.content ?? '', ...(message.toolCalls?.length && { toolCalls: message.toolCalls }) },
  };
}
