/** The commands of a takeover as they stand on a line, with and without --json. */
import type { Command } from 'commander';
import { CommanderError } from 'commander';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOperations, type Operations } from '../../src/cli/operations.ts';
import { type Answer, type Refusal, refusalOf } from '../../src/cli/output.ts';
import { createProgram } from '../../src/cli/program.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import { addWrittenCustomer, signExceptions } from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const ENGINEER = '99999999-0000-4000-8000-000000000001';
const NOBODY = '99999999-0000-4000-8000-00000000000f';

let world: RunningSandbox;
let app: Awaited<ReturnType<typeof startProduct>>;
let operations: Operations;

beforeAll(async () => {
  world = await startWorld({ seed: 91, size: 100, name: 'oldPolicies' });
  app = await startProduct({ dataDir: embeddedFolder() }, { clock: hurriedClock });
  operations = createOperations(app, undefined);
  await signExceptions(app, await addWrittenCustomer(app, world));
});
afterAll(async () => {
  await app.close();
  await world.stop();
});

/** What a line prints, or why it is refused. */
async function said(line: string): Promise<{ answer: Answer | null; refusal: Refusal | null }> {
  const printed: Answer[] = [];
  const program = createProgram({
    operate: (name, input) => operations.run(name, JSON.parse(JSON.stringify(input)), () => undefined),
    offline: () => Promise.reject(new Error('no file was named')),
    moveStore: () => Promise.reject(new Error('no store is moved')),
    print: (answer) => void printed.push(answer),
  });
  silence(program);
  try {
    await program.parseAsync(line.split(' '), { from: 'user' });
  } catch (error) {
    const usage = (cause: CommanderError) => ({ code: 'usage', message: cause.message.slice(7) });
    return { answer: null, refusal: error instanceof CommanderError ? usage(error) : refusalOf(error) };
  }
  const [answer = null] = printed;
  return { answer, refusal: answer?.refusal ?? null };
}

function silence(command: Command): void {
  command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  for (const child of command.commands) silence(child);
}

it.each(['policy takeover', 'policy takeover --plan', 'policy takeover --plan --json'])(
  '“%s” says what has to stand first, what would go with its way back, and what is left',
  async (line) => {
    const { answer, refusal } = await said(line);
    expect(refusal).toBeNull();
    expect(answer?.json).toMatchObject({ state: null, digest: null, mayDecide: null });
    expect(answer?.text).toMatch(/First: The enforcing policy does not cover everyone yet\..*Push the approved draft/);
    expect(answer?.text).toMatch(/way back/);
    expect(answer?.text).toMatch(/left as it is/);
  },
);

it.each([
  ['policy takeover --run', 'everyone_not_enforced', /Push the approved draft/],
  ['policy takeover --undo', 'nothing_to_undo', /Nothing that was taken over stands/],
  ['policy takeover --approve any', 'usage', /--as <person>/],
  [`policy takeover --approve any --as ${NOBODY}`, 'not_granted', /mfa-rollout grants list/],
  [`policy takeover --approve any --as ${ENGINEER}`, 'takeover_changed', /Look at the present one/],
  [`policy takeover --run --undo`, 'usage', /cannot be used with/],
  ['undo', 'usage', /--everything/],
  ['undo nobody --everything', 'customer_unknown', /There are: /],
])('“%s” is refused as %s, with a sentence that says what to do', async (line, code, way) => {
  const { refusal } = await said(line);
  expect(refusal).toMatchObject({ code, message: expect.stringMatching(way) as unknown });
});

it('a hold that voids nothing is recorded once', async () => {
  const hold = () => said(`policy takeover --hold any --as ${ENGINEER}`);
  expect((await hold()).answer?.json).toMatchObject({ outcome: 'recorded' });
  expect((await hold()).answer?.json).toMatchObject({ outcome: 'already' });
});

it('“undo --everything” in a tenant that nothing was written in ends at once', async () => {
  const { answer } = await said('undo --everything --json');
  expect(answer?.json).toEqual({ state: 'undone', left: [] });
  expect(answer?.text).toContain('as it was at first contact');
});
