// Runs scenarios with one official client: `node run.mjs openai` reads {id, scenario, target} a line and prints {id, …what came of it} a line.
// A client's module exports ask(request, target): see ask.md beside this file for its request and reply. One with scenarios of its own exports those, and
// they get the target.
import readline from 'node:readline';
import { scenarios as conversations } from './scenarios.mjs';

const { ask, scenarios: own } = await import(`./${process.argv[2]}.mjs`);
const run = (scenario, target) => (own ? own[scenario](target) : conversations[scenario]((request) => ask(request, target)));

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { id, scenario, target } = JSON.parse(line);
  run(scenario, target).then(
    (outcome) => print({ id, ...outcome }),
    (error) => print({ id, error: describe(error) }),
  );
}

function print(outcome) {
  process.stdout.write(JSON.stringify(outcome) + '\n');
}

/** What an application can tell of an error: its class, those it derives from, and the status. */
function describe(error) {
  const classes = [];
  for (let type = error?.constructor; type?.name; type = Object.getPrototypeOf(type)) classes.push(type.name);
  const status = error?.status ?? error?.statusCode ?? error?.$metadata?.httpStatusCode ?? error?.lastError?.statusCode ?? null;
  return { classes, status, message: String(error?.message ?? error), stack: String(error?.stack ?? '').split('\n').slice(1, 4).join('\n') };
}
