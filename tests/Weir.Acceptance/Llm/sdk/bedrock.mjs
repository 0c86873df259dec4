import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';

export async function ask(request, target) {
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: target.baseUrl,
    credentials: { accessKeyId: target.key, secretAccessKey: 'not a secret' },
    maxAttempts: 1,
    // Its own choice is HTTP/2 with prior knowledge, which needs a listener of its own.
    requestHandler: new NodeHttpHandler(),
  });
  const abort = new AbortController();
  try {
    return await converse(client, request, target, abort);
  } finally {
    client.destroy();
  }
}

async function converse(client, request, target, abort) {
  const specs = request.tools?.map(({ name, description, schema }) => ({ toolSpec: { name, description, inputSchema: { json: schema } } }));
  const schema = request.schema && { jsonSchema: { name: 'answer', schema: JSON.stringify(request.schema) } };
  const body = {
    modelId: target.model,
    messages: request.messages.map(message),
    inferenceConfig: { maxTokens: request.maxTokens },
    ...(request.system && { system: [{ text: request.system }] }),
    ...(specs && { toolConfig: { tools: specs } }),
    ...(schema && { outputConfig: { textFormat: { type: 'json_schema', structure: schema } } }),
    ...(request.reason && { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } } }),
  };
  if (!request.stream) {
    const answer = await client.send(new ConverseCommand(body));
    return reply(answer.output.message.content, answer.stopReason, answer.usage, 0);
  }
  const answer = await client.send(new ConverseStreamCommand(body), { abortSignal: abort.signal });
  const blocks = [];
  let [stop, usage, chunks] = [null, null, 0];
  for await (const event of answer.stream) {
    if (event.contentBlockStart?.start?.toolUse) blocks[event.contentBlockStart.contentBlockIndex] = { toolUse: { ...event.contentBlockStart.start.toolUse, input: '' } };
    if (event.contentBlockDelta) {
      chunks++;
      add(blocks, event.contentBlockDelta);
    }
    stop = event.messageStop?.stopReason ?? stop;
    usage = event.metadata?.usage ?? usage;
    if (request.cancelAfter === chunks) {
      abort.abort();
      return { chunks };
    }
  }
  for (const block of blocks) if (block?.toolUse) block.toolUse.input = JSON.parse(block.toolUse.input || '{}');
  if (!stop) throw new Error('the stream ended before messageStop');
  return reply(blocks.filter((block) => block), stop, usage, chunks);
}

function add(blocks, { contentBlockIndex: index, delta }) {
  if (delta.text !== undefined) (blocks[index] ??= { text: '' }).text += delta.text;
  if (delta.toolUse) blocks[index].toolUse.input += delta.toolUse.input;
  if (!delta.reasoningContent) return;
  const thought = (blocks[index] ??= { reasoningContent: { reasoningText: { text: '' } } }).reasoningContent.reasoningText;
  if (delta.reasoningContent.text) thought.text += delta.reasoningContent.text;
  if (delta.reasoningContent.signature) thought.signature = delta.reasoningContent.signature;
}

function message(from) {
  if (from.assistant) return { role: 'assistant', content: from.assistant };
  if (from.results)
    return { role: 'user', content: from.results.map(({ id, text }) => ({ toolResult: { toolUseId: id, content: [{ text }] } })) };
  const content = [{ text: from.user }];
  if (from.image) content.push({ image: { format: 'png', source: { bytes: Buffer.from(from.image, 'base64') } } });
  return { role: 'user', content };
}

function reply(content, stop, usage, chunks) {
  const of = (kind) => content.filter((block) => block[kind] !== undefined).map((block) => block[kind]);
  return {
    text: of('text').join(''),
    thought: of('reasoningContent').map((thought) => thought.reasoningText?.text ?? '').join(''),
    calls: of('toolUse').map((use) => ({ id: use.toolUseId, name: use.name, args: use.input })),
    usage: usage && {
      input: usage.inputTokens + (usage.cacheReadInputTokens ?? 0) + (usage.cacheWriteInputTokens ?? 0),
      output: usage.outputTokens,
      cached: usage.cacheReadInputTokens ?? 0,
    },
    stop,
    chunks,
    turn: content,
  };
}
