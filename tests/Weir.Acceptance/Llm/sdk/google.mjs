import { GoogleGenAI } from '@google/genai';

export async function ask(request, target) {
  const client = new GoogleGenAI({ apiKey: target.key, httpOptions: { baseUrl: target.baseUrl } });
  if (request.models) return { models: (await all(await client.models.list())).map((model) => model.name) };
  const abort = new AbortController();
  const declarations = request.tools?.map((tool) => ({ name: tool.name, description: tool.description, parametersJsonSchema: tool.schema }));
  const params = {
    model: target.model,
    contents: request.messages.map(content),
    config: {
      abortSignal: abort.signal,
      maxOutputTokens: request.maxTokens,
      ...(request.system && { systemInstruction: request.system }),
      ...(declarations && { tools: [{ functionDeclarations: declarations }] }),
      ...(request.schema && { responseMimeType: 'application/json', responseJsonSchema: request.schema }),
      ...(request.reason && { thinkingConfig: { includeThoughts: true, thinkingBudget: 512 } }),
    },
  };
  if (!request.stream) {
    const answer = await client.models.generateContent(params);
    return reply(answer.candidates?.[0]?.content?.parts ?? [], answer.candidates?.[0]?.finishReason, answer.usageMetadata, 0);
  }
  const parts = [];
  let [finish, usage, chunks] = [null, null, 0];
  for await (const chunk of await client.models.generateContentStream(params)) {
    usage = chunk.usageMetadata ?? usage;
    finish = chunk.candidates?.[0]?.finishReason ?? finish;
    const pieces = chunk.candidates?.[0]?.content?.parts ?? [];
    parts.push(...pieces);
    if (pieces.some((part) => part.text || part.functionCall)) chunks++;
    if (request.cancelAfter === chunks) {
      abort.abort();
      break;
    }
  }
  return reply(parts, finish, usage, chunks);
}

function content(message) {
  if (message.assistant) return { role: 'model', parts: message.assistant };
  if (message.results)
    return { role: 'user', parts: message.results.map(result) };
  const parts = [{ text: message.user }];
  if (message.image) parts.push({ inlineData: { mimeType: 'image/png', data: message.image } });
  return { role: 'user', parts };
}

const result = ({ id, name, text }) => ({ functionResponse: { ...(id && { id }), name, response: { output: text } } });

function reply(parts, finish, usage, chunks) {
  const text = (isThought) => parts.filter((part) => part.text && !!part.thought === isThought).map((part) => part.text).join('');
  return {
    text: text(false),
    thought: text(true),
    calls: parts.filter((part) => part.functionCall).map(({ functionCall }) => ({ id: functionCall.id, name: functionCall.name, args: functionCall.args })),
    usage: usage && {
      input: usage.promptTokenCount,
      output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
      cached: usage.cachedContentTokenCount ?? 0,
      reasoning: usage.thoughtsTokenCount ?? 0,
    },
    stop: finish,
    chunks,
    turn: parts.filter((part) => !part.thought),
  };
}

async function all(pages) {
  const found = [];
  for await (const one of pages) found.push(one);
  return found;
}
