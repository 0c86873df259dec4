// What every client is asked to do. Prompts are those that `weir mock` answers in a known way.

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const weather = {
  name: 'get_weather',
  description: 'The weather in a city.',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
};

const time = {
  name: 'get_time',
  description: 'The time in a zone.',
  schema: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'], additionalProperties: false },
};

const city = {
  type: 'object',
  properties: { city: { type: 'string' }, population: { type: 'integer' } },
  required: ['city', 'population'],
  additionalProperties: false,
};

const said = (user, rest = {}) => ({ messages: [{ user }], maxTokens: 4000, ...rest });

/** Asks, answers every call with a text, and asks again: what came of the second, with the first beside it. */
async function roundTrip(ask, request) {
  const first = await ask(request);
  const results = first.calls.map((call) => ({ id: call.id, name: call.name, text: `${call.name} is fine` }));
  const second = await ask({ ...request, messages: [...request.messages, { assistant: first.turn }, { results }] });
  return { ...second, first: { calls: first.calls, thought: first.thought } };
}

export const scenarios = {
  models: (ask) => ask({ models: true }),
  plain: (ask) => ask(said('Hello there, weir.')),
  system: (ask) => ask(said('Hello.', { system: 'Be brief.' })),
  stream: (ask) => ask(said('Hello there, weir.', { stream: true })),
  unicode: (ask) => ask(said('Grüße 世界 👩‍🚀 \u2028 "quoted" \\ \n end', { stream: true })),
  tools: (ask) => ask(said('Please call get_weather now.', { tools: [weather, time] })),
  'parallel-tools-stream': (ask) => ask(said('Please call get_weather and get_time now.', { tools: [weather, time], stream: true })),
  'tool-result': (ask) => roundTrip(ask, said('Please call get_weather and get_time now.', { tools: [weather, time] })),
  'tool-result-stream': (ask) => roundTrip(ask, said('Please call get_weather now.', { tools: [weather, time], stream: true })),
  image: (ask) => ask({ messages: [{ user: 'What is this?', image: pixel }], maxTokens: 4000 }),
  'json-schema': (ask) => ask(said('Name a city.', { schema: city })),
  reasoning: (ask) => roundTrip(ask, said('Please call get_weather now.', { tools: [weather, time], reason: true })),
  'reasoning-stream': (ask) => roundTrip(ask, said('Please call get_weather now.', { tools: [weather, time], reason: true, stream: true })),
  'max-tokens': (ask) => ask(said('Hello [mock: tokens=100]', { maxTokens: 20 })),
  'error-400': (ask) => ask(said('Hello [mock: status=400]')),
  'error-401': (ask) => ask(said('Hello [mock: status=401]')),
  'error-429': (ask) => ask(said('Hello [mock: status=429; retry-after=1]')),
  'error-500': (ask) => ask(said('Hello [mock: status=500]')),
  'error-429-stream': (ask) => ask(said('Hello [mock: status=429; retry-after=1]', { stream: true })),
  'error-in-stream': (ask) => ask(said('Hello [mock: tokens=20; error-after=3]', { stream: true })),
  'cut-stream': (ask) => ask(said('Hello [mock: tokens=20; close-after=3]', { stream: true })),
  cancel: async (ask) => {
    const cancelled = await ask(said('Hello [mock: tokens=4000; chunk-delay-ms=2]', { stream: true, cancelAfter: 3 }));
    const next = await ask(said('Hello there, weir.'));
    return { ...next, first: { chunks: cancelled.chunks } };
  },
};
