import OpenAI from 'openai';

export async function ask(request, target) {
  const client = new OpenAI({ baseURL: target.baseUrl, apiKey: target.key, maxRetries: 0 });
  if (request.models) return { models: (await all(client.models.list())).map((model) => model.id) };
  return target.surface === 'responses' ? askResponses(client, request, target) : askChat(client, request, target);
}

async function askChat(client, request, target) {
  const body = {
    model: target.model,
    messages: chatMessages(request),
    max_completion_tokens: request.maxTokens,
    ...(request.tools && { tools: request.tools.map((tool) => ({ type: 'function', function: chatFunction(tool) })) }),
    ...(request.schema && { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: request.schema } } }),
    ...(request.reason && { reasoning_effort: 'low' }),
  };
  if (!request.stream) {
    const answer = await client.chat.completions.create(body);
    return chatReply(answer.choices[0].message, answer.choices[0].finish_reason, answer.usage, 0);
  }
  const stream = await client.chat.completions.create({ ...body, stream: true, stream_options: { include_usage: true } });
  const message = { role: 'assistant', content: null, refusal: null };
  let [finish, usage, chunks] = [null, null, 0];
  for await (const chunk of stream) {
    usage = chunk.usage ?? usage;
    const choice = chunk.choices[0];
    finish = choice?.finish_reason ?? finish;
    const delta = choice?.delta ?? {};
    if (delta.content) message.content = (message.content ?? '') + delta.content;
    if (delta.reasoning_content) message.reasoning_content = (message.reasoning_content ?? '') + delta.reasoning_content;
    for (const call of delta.tool_calls ?? []) {
      message.tool_calls ??= [];
      const whole = (message.tool_calls[call.index] ??= { id: '', type: 'function', function: { name: '', arguments: '' } });
      if (call.id) whole.id = call.id;
      if (call.function?.name) whole.function.name = call.function.name;
      whole.function.arguments += call.function?.arguments ?? '';
    }
    if (delta.content || delta.reasoning_content || delta.tool_calls) chunks++;
    if (request.cancelAfter === chunks) {
      stream.controller.abort();
      break;
    }
  }
  return chatReply(message, finish, usage, chunks);
}

const chatFunction = (tool) => ({ name: tool.name, description: tool.description, parameters: tool.schema, strict: true });

function chatMessages(request) {
  const messages = request.system ? [{ role: 'system', content: request.system }] : [];
  for (const message of request.messages) {
    if (message.assistant) messages.push(message.assistant);
    else if (message.results) messages.push(...message.results.map((result) => ({ role: 'tool', tool_call_id: result.id, content: result.text })));
    else if (message.image) messages.push({ role: 'user', content: [{ type: 'text', text: message.user }, chatImage(message.image)] });
    else messages.push({ role: 'user', content: message.user });
  }
  return messages;
}

const chatImage = (image) => ({ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } });

function chatReply(message, finish, usage, chunks) {
  return {
    text: message.content ?? '',
    thought: message.reasoning_content ?? '',
    calls: (message.tool_calls ?? []).map((call) => ({ id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) })),
    usage: usage && {
      input: usage.prompt_tokens,
      output: usage.completion_tokens,
      cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
      reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    },
    stop: finish,
    chunks,
    turn: message,
  };
}

async function askResponses(client, request, target) {
  const body = {
    model: target.model,
    input: responsesInput(request),
    store: false,
    max_output_tokens: request.maxTokens,
    ...(request.system && { instructions: request.system }),
    ...(request.tools && { tools: request.tools.map((tool) => ({ type: 'function', ...chatFunction(tool) })) }),
    ...(request.schema && { text: { format: { type: 'json_schema', name: 'answer', strict: true, schema: request.schema } } }),
    ...(request.reason && { reasoning: { effort: 'low', summary: 'auto' }, include: ['reasoning.encrypted_content'] }),
  };
  if (!request.stream) return responsesReply(await client.responses.create(body), 0);
  const stream = await client.responses.create({ ...body, stream: true });
  let [last, chunks] = [null, 0];
  for await (const event of stream) {
    if (event.type.endsWith('.delta')) chunks++;
    if (event.type === 'response.completed' || event.type === 'response.incomplete') last = event.response;
    if (event.type === 'response.failed') throw new Error(event.response.error?.message);
    if (event.type === 'error') throw new OpenAI.APIError(undefined, event, event.message, undefined);
    if (request.cancelAfter === chunks) {
      stream.controller.abort();
      return { chunks };
    }
  }
  if (!last) throw new OpenAI.APIConnectionError({ message: 'the stream ended before response.completed' });
  return responsesReply(last, chunks);
}

function responsesInput(request) {
  const items = [];
  for (const message of request.messages) {
    if (message.assistant) items.push(...message.assistant);
    else if (message.results) items.push(...message.results.map((result) => ({ type: 'function_call_output', call_id: result.id, output: result.text })));
    else if (message.image) items.push({ role: 'user', content: [{ type: 'input_text', text: message.user }, responsesImage(message.image)] });
    else items.push({ role: 'user', content: message.user });
  }
  return items;
}

const responsesImage = (image) => ({ type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${image}` });

function responsesReply(response, chunks) {
  const calls = response.output.filter((item) => item.type === 'function_call');
  const thoughts = response.output.filter((item) => item.type === 'reasoning').flatMap((item) => item.summary.map((part) => part.text));
  const texts = response.output.filter((item) => item.type === 'message').flatMap((item) => item.content.map((part) => part.text ?? ''));
  return {
    text: texts.join(''),
    thought: thoughts.join(''),
    calls: calls.map((call) => ({ id: call.call_id, name: call.name, args: JSON.parse(call.arguments) })),
    usage: response.usage && {
      input: response.usage.input_tokens,
      output: response.usage.output_tokens,
      cached: response.usage.input_tokens_details?.cached_tokens ?? 0,
      reasoning: response.usage.output_tokens_details?.reasoning_tokens ?? 0,
    },
    stop: response.incomplete_details?.reason ?? response.status,
    chunks,
    turn: response.output,
  };
}

async function all(pages) {
  const found = [];
  for await (const one of pages) found.push(one);
  return found;
}
