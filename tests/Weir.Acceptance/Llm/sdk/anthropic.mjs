import Anthropic from '@anthropic-ai/sdk';

export async function ask(request, target) {
  const client = new Anthropic({ baseURL: target.baseUrl, apiKey: target.key, maxRetries: 0 });
  if (request.models) return { models: (await all(client.models.list())).map((model) => model.id) };
  const body = {
    model: target.model,
    max_tokens: request.maxTokens,
    messages: request.messages.map(message),
    ...(request.system && { system: request.system }),
    ...(request.tools && { tools: request.tools.map((tool) => ({ name: tool.name, description: tool.description, input_schema: tool.schema })) }),
    ...(request.schema && { output_config: { format: { type: 'json_schema', schema: request.schema } } }),
    ...(request.reason && { thinking: { type: 'enabled', budget_tokens: 1024 } }),
  };
  if (!request.stream) return reply(await client.messages.create(body), 0);
  const stream = client.messages.stream(body);
  let chunks = 0;
  for await (const event of stream) {
    if (event.type === 'content_block_delta') chunks++;
    if (request.cancelAfter === chunks) {
      stream.abort();
      return { chunks };
    }
  }
  return reply(await stream.finalMessage(), chunks);
}

function message(from) {
  if (from.assistant) return { role: 'assistant', content: from.assistant };
  if (from.results)
    return { role: 'user', content: from.results.map((result) => ({ type: 'tool_result', tool_use_id: result.id, content: result.text })) };
  if (!from.image) return { role: 'user', content: from.user };
  const source = { type: 'base64', media_type: 'image/png', data: from.image };
  return { role: 'user', content: [{ type: 'image', source }, { type: 'text', text: from.user }] };
}

function reply(answer, chunks) {
  const of = (type) => answer.content.filter((block) => block.type === type);
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } = answer.usage;
  return {
    text: of('text').map((block) => block.text).join(''),
    thought: of('thinking').map((block) => block.thinking).join(''),
    calls: of('tool_use').map((block) => ({ id: block.id, name: block.name, args: block.input })),
    usage: {
      input: input_tokens + (cache_read_input_tokens ?? 0) + (cache_creation_input_tokens ?? 0),
      output: output_tokens,
      cached: cache_read_input_tokens ?? 0,
    },
    stop: answer.stop_reason,
    chunks,
    turn: answer.content,
  };
}

async function all(pages) {
  const found = [];
  for await (const one of pages) found.push(one);
  return found;
}
