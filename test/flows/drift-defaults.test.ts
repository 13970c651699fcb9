/** What takes two people: Security Defaults go off again under the enforcing policy, and a loss of cover is let stand. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Actor } from '../../src/rollout/access/access.core.ts';
import type { DriftOutcome, DriftView } from '../../src/rollout/drift/drift.ts';
import { changeMembersAs, editPolicy, switchSecurityDefaults } from '../../src/sandbox/other-admins.ts';
import { type DriftBench, startDrift } from '../support/drift-world.ts';
import { APPROVER, actorOf, type EnforceWorld, flip, Killed, startEnforceWorld } from '../support/enforce-world.ts';
import type { RunningSandbox } from '../support/product.ts';
import { journalled, ownGroups, ownPolicies, tenantOf } from '../support/push-world.ts';
import { approveEverything, EVERYONE, enrolAdministrators } from '../support/switch-world.ts';

const ROUND_MS = 240_000;
const HOUR_MS = 3_600_000;
const SOMEBODY = 'admin@contoso.example';

let world: EnforceWorld;
let bench: DriftBench;
let approver: Actor;
let stopAt: string | null = null;
beforeAll(async () => {
  const prepare = (running: RunningSandbox) => {
    enrolAdministrators(running);
    letAsk(running);
  };
  world = await startEnforceWorld(97, { name: 'securityDefaults', prepare });
  await world.app.worker.stop();
  const stopPoint = (name: string) => {
    if (name === stopAt) throw new Killed(name);
  };
  bench = await startDrift(world.app, world.customer, { stopPoint });
  approver = await actorOf(world, APPROVER);
}, ROUND_MS);
afterAll(() => world.stop());

/** Lets every application ask for Graph's own evaluation. */
function letAsk(running: RunningSandbox): void {
  for (const app of tenantOf(running).apps) {
    const granted = { ...app, roles: [...app.roles, 'Policy.Read.ConditionalAccess'] };
    running.sandbox.record({ tenantId: running.setUp.tenantId, type: 'app.put', app: granted });
  }
}

const where = () => ({ tenantId: world.customer.id });
const enforce = () => ({ ...where(), policyId: String(ownPolicies(world.world).get('ENFORCE')?.id) });
const isOn = () => tenantOf(world.world).securityDefaults.isEnabled;
const switchOn = (isEnabled: boolean) =>
  switchSecurityDefaults(world.world.sandbox, where(), { isEnabled, by: SOMEBODY });

function groupOf(name: 'break-glass' | 'exceptions'): { tenantId: string; groupId: string } {
  const { breakGlassGroupId, exceptionGroupId } = world.customer.settings.declared;
  const declared = name === 'exceptions' ? exceptionGroupId : breakGlassGroupId;
  return { ...where(), groupId: declared ?? ownGroups(world.world).get(name)?.id ?? '' };
}

function change(name: 'break-glass' | 'exceptions', add: string[], remove: string[]): void {
  changeMembersAs(world.world.sandbox, groupOf(name), { add, remove, by: SOMEBODY });
}

async function openOf(kind: DriftView['kind']): Promise<DriftView> {
  await bench.look();
  const found = (await bench.open()).find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`no finding of the kind ${kind}`);
  return found;
}

function press(actor: Actor, { id, digest }: DriftView, verdict: 'restore' | 'accept'): Promise<DriftOutcome> {
  return bench.drift.decide(world.customer, actor, { id, digest, verdict });
}

/** Both approve; gives the job of a restore. */
async function bothPress(found: DriftView, verdict: 'restore' | 'accept'): Promise<string> {
  expect(await press(bench.engineer, found, verdict)).toMatchObject({ outcome: 'recorded', missing: ['customer'] });
  const outcome = await press(approver, found, verdict);
  expect(outcome).toMatchObject({ outcome: 'recorded', missing: [] });
  return outcome.outcome === 'recorded' ? (outcome.job ?? '') : '';
}

it(
  'brings Security Defaults back when Graph says that a break-glass account is reached',
  async () => {
    await approveEverything(world);
    const [account = ''] = world.customer.settings.declared.breakGlass;
    world.hooks.stopPoint = (name) => {
      if (name === 'switch.enabled') change('break-glass', [], [account]);
    };
    const outcome = await flip(world, 'enforce', EVERYONE);
    world.hooks.stopPoint = () => undefined;
    expect(outcome).toMatchObject({ kind: 'refused', code: 'graph_disagrees' });
    expect(isOn()).toBe(true);
    expect(ownPolicies(world.world).get('ENFORCE')).toMatchObject({ state: 'enabledForReportingButNotEnforced' });
    change('break-glass', [account], []);
  },
  ROUND_MS,
);

it(
  'refuses to end Security Defaults that the rollout has not ended yet',
  async () => {
    // The way back of the switch before is long over.
    bench.turn(HOUR_MS);
    switchOn(false);
    await bench.look();
    switchOn(true);
    const found = await openOf('securityDefaults');
    expect(await press(bench.engineer, found, 'restore')).toMatchObject({ code: 'defaults_elsewhere' });
    expect(await press(bench.engineer, found, 'accept')).toMatchObject({ state: 'accepted' });
  },
  ROUND_MS,
);

it.each(['both on', 'the policy only reports', 'killed before', 'killed between', 'killed after'])(
  'ends Security Defaults again with two people: %s',
  async (how) => {
    if (isOn()) {
      await approveEverything(world);
      expect(await flip(world, 'enforce', EVERYONE)).toMatchObject({ kind: 'enforced' });
    }
    expect(await journalled(world.app, world.customer, 'phase.enforce.compared')).toContainEqual(
      expect.objectContaining({ facts: expect.objectContaining({ differing: null, switch: true }) as unknown }),
    );
    await bench.look();
    expect(await bench.open()).toEqual([]);
    switchOn(true);
    const reports = { set: { state: 'enabledForReportingButNotEnforced' }, by: SOMEBODY };
    if (how !== 'both on') editPolicy(world.world.sandbox, enforce(), reports);
    const found = await openOf('securityDefaults');
    const job = await bothPress(found, 'restore');
    expect(await press(bench.engineer, found, 'restore')).toMatchObject({ outcome: 'already' });
    stopAt =
      { 'killed before': 'drift.restore.noted', 'killed between': 'switch.off', 'killed after': 'switch.enabled' }[
        how
      ] ?? null;
    if (stopAt !== null) await expect(bench.restore(job)).rejects.toThrow(Killed);
    if (how === 'killed between') expect(isOn()).toBe(false);
    stopAt = null;
    await bench.restore(job, 2);
    expect(await bench.drift.find(world.customer, found.id)).toMatchObject({ state: 'restored', failure: null });
    expect(isOn()).toBe(false);
    expect(ownPolicies(world.world).get('ENFORCE')).toMatchObject({ state: 'enabled' });
    await bench.look();
    expect(await bench.open()).toEqual([]);
  },
  ROUND_MS,
);

it(
  'lets a loss of cover stand for a time when two people say so, and then tells it again',
  async () => {
    const { groupId } = groupOf('exceptions');
    const inside = tenantOf(world.world).groups.find(({ group }) => group.id === groupId)?.members ?? [];
    const people = tenantOf(world.world).users.filter(({ accountEnabled }) => accountEnabled === true);
    const stranger = people.find(({ id }) => inside.every((member) => member.id !== id))?.id ?? '';
    change('exceptions', [stranger], []);
    const found = await openOf('membership');
    expect(found.effect?.lost).toEqual([stranger]);
    expect(found.two.accept?.words.en).toMatch(/^1 account would .*30 days/);
    expect(await press(bench.engineer, found, 'accept')).toMatchObject({ state: 'open', missing: ['customer'] });
    expect(await press(bench.engineer, found, 'accept')).toMatchObject({ outcome: 'already' });
    // An approval is not for ever.
    bench.turn(73 * HOUR_MS);
    expect(await press(approver, found, 'accept')).toMatchObject({ state: 'open', missing: ['msp'] });
    expect(await press(bench.engineer, found, 'accept')).toMatchObject({ state: 'accepted', missing: [] });
    await bench.look();
    expect(await bench.open()).toEqual([]);

    switchOn(true);
    const defaults = await openOf('securityDefaults');
    await bench.restore(await bothPress(defaults, 'restore'));
    const refused = await bench.drift.find(world.customer, defaults.id);
    expect(refused?.failure?.en).toContain('less than Security Defaults give them now');
    expect(isOn()).toBe(true);
    switchOn(false);
    await bench.look();
    expect(await bench.open()).toEqual([]);

    bench.turn(31 * 24 * HOUR_MS);
    const again = await openOf('membership');
    expect(again.id).not.toBe(found.id);
    expect(again.two.accept?.missing).toEqual(['msp', 'customer']);
    change('exceptions', [], [stranger]);
    await bench.look();
    expect(await bench.open()).toEqual([]);
  },
  ROUND_MS,
);
