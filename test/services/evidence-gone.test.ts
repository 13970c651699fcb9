import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import type { EffectRow } from '../../src/rollout/policy/draft/draft-effect.core.ts';
import { withFreshMethods } from '../../src/rollout/policy/enforce/enforce-facts.ts';
import { type EvidencePart, readEvidence } from '../../src/rollout/roster/read-evidence.ts';
import type { Snapshot } from '../../src/rollout/snapshots/snapshot-file.ts';
import { type GraphBench, startGraphBench } from '../support/graph-bench.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const password = { id: 'p', '@odata.type': '#microsoft.graph.passwordAuthenticationMethod' };
const app = { id: 'a', '@odata.type': '#microsoft.graph.microsoftAuthenticatorAuthenticationMethod' };
const gone = { status: 404, json: { error: { code: 'Request_ResourceNotFound' } } };

/** A tenant in which the second account was deleted after it had been listed. */
async function startTenant(): Promise<GraphBench> {
  const bench = await startGraphBench(({ path }) => {
    if (path.includes('/second/')) return gone;
    if (path.endsWith('/authentication/methods')) return { json: { value: [password, app] } };
    return { json: { value: [] } };
  });
  closing.push(() => bench.close());
  return bench;
}

async function read(bench: GraphBench, part: EvidencePart): Promise<unknown> {
  const outcomes = await readEvidence(bench.connections, systemClock, {
    ...{ accountIds: ['first', 'second', 'third'], unmatchedIds: [], methodsOf: ['first', 'second', 'third'] },
    ...{ groupIds: [], backgroundFrom: '2026-11-01T00:00:00Z' },
    ...{ interactiveFrom: '2026-11-01T00:00:00Z', signal: new AbortController().signal, onProgress: () => undefined },
  });
  const outcome = outcomes[part];
  return outcome.ok ? outcome.value : outcome;
}

describe('an account that was deleted between two readings', () => {
  it('takes nobody else’s methods away', async () => {
    const rows = await read(await startTenant(), 'authenticationMethods');
    expect(rows).toMatchObject([{ id: 'first', methods: [{ id: 'p' }, { id: 'a' }] }, { id: 'third' }]);
  });

  it('keeps nobody else from being read again before a phase is enforced, and counts as it did', async () => {
    const { connections } = await startTenant();
    const snapshot = { registration: [], authenticationMethods: [] } as unknown as Snapshot;
    const stuck = ['first', 'second', 'third'].map((accountId) => askedRow(accountId));
    const fresh = await withFreshMethods(connections.graph, snapshot, { effect: stuck, options: {} });
    expect(fresh.authenticationMethods?.map(({ id }) => id)).toEqual(['first', 'third']);
  });
});

function askedRow(accountId: string): EffectRow {
  return {
    ...{ accountId, before: 'never', after: 'everywhere', change: 'asked', reach: 'in', olderClientsFail: false },
    ...{ coveredBy: { before: [], after: [] }, canAnswer: 'no', isEnabled: true, why: { before: '', after: '' } },
  };
}
