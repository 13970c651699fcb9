/** What an engineer does from the tab: pushes an approved draft, finds it in the history, sees drift and puts it back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { driftSchema, errorSchema, historySchema, policyPushSchema, pushOutcomeSchema } from '../../src/contract.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { editPolicy } from '../../src/sandbox/other-admins.ts';
import { type RunningApi, type SignedInPerson, startApi } from '../support/api-client.ts';
import { type DriftBench, startDrift } from '../support/drift-world.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { startProduct, startWorld } from '../support/product.ts';
import { addWrittenCustomer, BY, decideDraft, ownPolicies, signExceptions, tenantOf } from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const ROUND_MS = 120_000;

let world: Awaited<ReturnType<typeof startWorld>>;
let app: Awaited<ReturnType<typeof startProduct>>;
let customer: Customer;
let bench: DriftBench;
let api: RunningApi;
let engineer: SignedInPerson;
let approver: SignedInPerson;
let digest = '';
beforeAll(async () => {
  world = await startWorld({ seed: 37, size: 100 });
  app = await startProduct({ dataDir: embeddedFolder() }, { clock: hurriedClock });
  customer = await addWrittenCustomer(app, world);
  await signExceptions(app, customer);
  digest = await decideDraft(app, customer);
  bench = await startDrift(app, customer);
  api = await startApi({ ...app, drift: bench.drift });
  engineer = await api.signInAs('engineer', customer.id);
  approver = await api.signInAs('approver', customer.id);
}, ROUND_MS);
afterAll(async () => {
  await api.stop();
  await app.close();
  await world.stop();
});

const at = (path: string) => `/customers/${customer.id}${path}`;
const shown = async (person: SignedInPerson) => policyPushSchema.parse((await person.get(at('/policy-push'))).body);
const codeOf = (body: unknown) => errorSchema.parse(body).error.code;

it('shows the plan with the way back in both languages, and lets an engineer alone push it', async () => {
  const plan = await shown(approver);
  expect(plan).toMatchObject({ state: null, digest, refusal: null, mayPush: false });
  expect(plan.steps.map(({ does }) => does.en)).toContain('makes the policy OBSERVE, report-only');
  for (const { does, undo } of plan.steps) {
    expect(does.de, does.en).not.toBe(does.en);
    expect(undo.de, undo.en).not.toBe(undo.en);
  }
  expect((await approver.post(at('/policy-push'), { digest })).status).toBe(403);
  expect((await approver.post(at('/policy-push/undo'), {})).status).toBe(403);
  const stale = await engineer.post(at('/policy-push'), { digest: `sha256:${'0'.repeat(64)}` });
  expect([stale.status, codeOf(stale.body)]).toEqual([409, 'draft_changed']);
});

it('pushes once for two presses, is told live, and stands in the history', { timeout: ROUND_MS }, async () => {
  const answers = await Promise.all([1, 2].map(() => engineer.post(at('/policy-push'), { digest })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  for (const { body } of answers) expect(pushOutcomeSchema.parse(body).state).toBe('asked');
  // Waits for the same job; a push of its own would be another one in the history.
  await app.push.push(customer, BY, digest);
  const after = await shown(engineer);
  expect(after).toMatchObject({ state: 'live', failure: null, isPlan: false, refusal: null });
  expect(after.steps.every(({ state }) => state === 'done')).toBe(true);
  const { rows } = historySchema.parse((await engineer.get(at('/rollout/history'))).body);
  expect(rows.map(({ kind }) => kind)).toEqual(['pushed', 'draftApproved', 'exceptionsSigned']);
  expect(rows[0]?.by).toBe('engineer');
});

it('tells what somebody else changed, and takes a decision about what was shown alone', async () => {
  const policyId = String(ownPolicies(world).get('ENFORCE')?.id);
  const by = String(tenantOf(world).users.find(({ accountEnabled }) => accountEnabled === true)?.id);
  editPolicy(world.sandbox, { tenantId: customer.id, policyId }, { set: { state: 'disabled' }, by });
  await bench.look();
  const { open, may } = driftSchema.parse((await engineer.get(at('/drift'))).body);
  expect(may).toBe(true);
  expect(open).toHaveLength(1);
  const [row] = open;
  expect(row?.rows.some(({ now }) => now === 'disabled')).toBe(true);
  const press = { id: row?.id, verdict: 'restore' };
  // The approver's word counts only where it takes two people.
  const refused = await approver.post(at('/drift/decide'), { ...press, digest: row?.digest });
  expect([refused.status, codeOf(refused.body)]).toEqual([403, 'not_your_decision']);
  const stale = await engineer.post(at('/drift/decide'), { ...press, digest: 'another' });
  expect(stale.body).toMatchObject({ outcome: 'stale' });
  const recorded = await engineer.post(at('/drift/decide'), { ...press, digest: row?.digest });
  expect(recorded.body).toMatchObject({ outcome: 'recorded' });
});

it('takes the push back', { timeout: ROUND_MS }, async () => {
  const asked = await engineer.post(at('/policy-push/undo'), {});
  expect(pushOutcomeSchema.parse(asked.body).state).toBe('undoing');
});
