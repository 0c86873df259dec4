import OpenAI, { toFile } from 'openai';

const client = (target) => new OpenAI({ baseURL: target.baseUrl, apiKey: target.key, maxRetries: 0 });
const wave = () => toFile(Buffer.from('RIFF-not-really'), 'hello.wav', { type: 'audio/wav' });

/** What is no conversation, by the official client. */
export const scenarios = {
  async embeddings(target) {
    const answer = await client(target).embeddings.create({ model: target.model, input: ['one', 'two'], dimensions: 8 });
    return { lengths: answer.data.map((entry) => entry.embedding.length), first: answer.data[0].embedding, usage: answer.usage };
  },
  async images(target) {
    const answer = await client(target).images.generate({ model: target.model, prompt: 'a weir', n: 2 });
    return { count: answer.data.length, usage: answer.usage };
  },
  async 'image-edit'(target) {
    const image = await toFile(Buffer.from('not really'), 'a.png', { type: 'image/png' });
    const answer = await client(target).images.edit({ model: target.model, prompt: 'a weir', image });
    return { count: answer.data.length, usage: answer.usage };
  },
  async speech(target) {
    const answer = await client(target).audio.speech.create({ model: target.model, voice: 'alloy', input: 'Hello there, weir.', response_format: 'wav' });
    return { type: answer.headers.get('content-type'), bytes: (await answer.arrayBuffer()).byteLength };
  },
  async transcription(target) {
    const answer = await client(target).audio.transcriptions.create({ model: target.model, file: await wave() });
    return { text: answer.text, usage: answer.usage };
  },
  async 'transcription-stream'(target) {
    const stream = await client(target).audio.transcriptions.create({ model: target.model, file: await wave(), stream: true });
    let [text, usage] = ['', null];
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') text += event.delta;
      else usage = event.usage;
    }
    return { text, usage };
  },
  async translation(target) {
    const answer = await client(target).audio.translations.create({ model: target.model, file: await wave() });
    return { text: answer.text };
  },
  async files(target) {
    const openai = client(target);
    const file = await toFile(Buffer.from('{"custom_id":"1"}\n'), 'jobs.jsonl');
    const made = await openai.files.create({ file, purpose: 'batch' });
    await openai.files.create({ file, purpose: 'user_data' });
    const listed = await openai.files.list({ purpose: 'batch', limit: 1 });
    const found = await openai.files.retrieve(made.id);
    const content = await (await openai.files.content(made.id)).text();
    const batch = await openai.batches.create({ input_file_id: made.id, endpoint: '/v1/chat/completions', completion_window: '24h' });
    const seen = await openai.batches.retrieve(batch.id);
    const gone = await openai.files.delete(made.id);
    const missing = await openai.files.retrieve(made.id).catch((error) => error.status);
    return {
      listed: listed.data.map((entry) => entry.purpose), name: found.filename, content, batch: seen.status, input: seen.input_file_id === made.id,
      gone: gone.deleted, missing,
    };
  },
  async models(target) {
    const models = [];
    for await (const model of client(target).models.list()) models.push(model.id);
    return { models };
  },
};
