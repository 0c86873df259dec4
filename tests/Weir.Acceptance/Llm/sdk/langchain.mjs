import { ChatAnthropic } from '@langchain/anthropic';
import { HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';

export async function ask(request, target) {
  const abort = new AbortController();
  let model = chat(request, target);
  if (request.tools) {
    model = model.bindTools(request.tools.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } })));
  } else if (request.schema && target.surface !== 'anthropic') {
    const format = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: request.schema } };
    model = model.withConfig({ response_format: format });
  } else if (request.schema) {
    // With Anthropic it makes the schema a tool that must be called.
    const made = await model.withStructuredOutput(request.schema, { name: 'answer', includeRaw: true }).invoke(messages(request));
    return { ...reply(made.raw, 0), text: JSON.stringify(made.parsed) };
  }
  if (!request.stream) return reply(await model.invoke(messages(request)), 0);
  let [whole, chunks] = [null, 0];
  for await (const chunk of await model.stream(messages(request), { signal: abort.signal })) {
    whole = whole ? whole.concat(chunk) : chunk;
    if (chunk.content.length || chunk.tool_call_chunks?.length) chunks++;
    if (request.cancelAfter === chunks) {
      abort.abort();
      return { chunks };
    }
  }
  return reply(whole, chunks);
}

function chat(request, { surface, baseUrl, key, model }) {
  const options = { model, maxRetries: 0, maxTokens: request.maxTokens, streamUsage: true, apiKey: key };
  if (surface === 'anthropic')
    return new ChatAnthropic({ ...options, anthropicApiUrl: baseUrl, ...(request.reason && { thinking: { type: 'enabled', budget_tokens: 1024 } }) });
  return new ChatOpenAI({ ...options, configuration: { baseURL: baseUrl }, ...(request.reason && { reasoning: { effort: 'low' } }) });
}

function messages(request) {
  const list = request.system ? [new SystemMessage(request.system)] : [];
  for (const message of request.messages) {
    if (message.assistant) list.push(message.assistant);
    else if (message.results) list.push(...message.results.map(({ id, name, text }) => new ToolMessage({ tool_call_id: id, name, content: text })));
    else if (message.image) list.push(new HumanMessage({ content: [{ type: 'text', text: message.user }, image(message.image)] }));
    else list.push(new HumanMessage(message.user));
  }
  return list;
}

const image = (bytes) => ({ type: 'image_url', image_url: { url: `data:image/png;base64,${bytes}` } });

function reply(message, chunks) {
  const blocks = Array.isArray(message.content) ? message.content : [{ type: 'text', text: message.content }];
  const of = (type, field) => blocks.filter((block) => block.type === type).map((block) => block[field]).join('');
  const usage = message.usage_metadata;
  return {
    text: of('text', 'text'),
    thought: of('thinking', 'thinking'),
    calls: (message.tool_calls ?? []).map((call) => ({ id: call.id, name: call.name, args: call.args })),
    usage: usage && {
      input: usage.input_tokens,
      output: usage.output_tokens,
      cached: usage.input_token_details?.cache_read ?? 0,
      reasoning: usage.output_token_details?.reasoning ?? 0,
    },
    stop: message.response_metadata?.finish_reason ?? message.response_metadata?.stop_reason ?? message.additional_kwargs?.stop_reason,
    chunks,
    turn: message,
  };
}
