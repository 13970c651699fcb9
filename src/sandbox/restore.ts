/** The sandbox's world as its journal tells it: begun once, then everything that happened, replayed and kept on. */
import { type Clock, systemClock } from '../lib/clock.ts';
import { createSandboxClock, type SandboxClock } from './clock.ts';
import { applyConnectWiseEvent, type ConnectWiseEvent } from './connectwise/state.ts';
import { applyGmailEvent, type GmailEvent } from './gmail/state.ts';
import { createFaults, type Fault, type Faults, faultSchema } from './http/faults.ts';
import { createRequestLog, type RequestLog } from './http/requests.ts';
import type { WorldHandle } from './people.ts';
import { applyCompanyEvent, applyTenantEvent } from './state/apply.ts';
import type { SandboxEvent } from './state/events.ts';
import type { Journal } from './state/journal.ts';
import { buildState, type SandboxState } from './state/state.ts';
import { createThrottle, type Throttle } from './throttle.ts';
import type { World } from './world/world.ts';

/** What of a sandbox's options its world needs. */
export type RestoreOptions = {
  world: World | (() => World | Promise<World>);
  clock?: Clock;
  startAt?: 'machine' | 'world';
};

/** The world with its clock, and what works on it. */
export type Parts = {
  world: WorldHandle;
  begun: World;
  hook: Hook;
  clock: SandboxClock;
  faults: Faults;
  requests: RequestLog;
  throttle: Throttle;
};

/** Who watches what is recorded; set once everything stands. */
type Hook = { observe(event: SandboxEvent, apply: () => void): void };

/** Brings the world back to where the journal ends, or begins a new one. */
export async function restore(journal: Journal, options: RestoreOptions): Promise<Parts> {
  const isNew = journal.readWorld() === null;
  const begun = await loadWorld(journal, options);
  const base = options.clock ?? systemClock;
  const clock = createSandboxClock(base, options.startAt === 'world' ? Date.parse(begun.startsAt) - base.now() : 0);
  const state = buildState(begun);
  const first = snapshotOf(begun);
  const armed = replay(journal, state, clock);
  const hook: Hook = { observe: (_event, apply) => apply() };
  const keep = createRecorder(journal, state, clock);
  const record = (event: SandboxEvent) => hook.observe(event, () => keep(event));
  if (isNew) record({ type: 'clock.set', offsetMs: clock.offsetMs() });
  const faults = createFaults(createDraws(begun.seed), (list) => record({ type: 'faults.set', faults: list }));
  for (const fault of armed) faults.put(fault);
  const world = { state, now: () => clock.now(), record };
  return { world, begun: first, hook, clock, faults, requests: createRequestLog(), throttle: createThrottle(clock) };
}

/** The world as it began, in which nothing that happens later shows. */
function snapshotOf(world: World): World {
  const tenants = world.tenants.map((tenant) => ({
    ...tenant,
    users: [...tenant.users],
    groups: tenant.groups.map((entry) => ({ ...entry })),
  }));
  return { ...world, tenants };
}

async function loadWorld(journal: Journal, options: RestoreOptions): Promise<World> {
  const stored = journal.readWorld();
  if (stored !== null) return stored;
  const world = typeof options.world === 'function' ? await options.world() : structuredClone(options.world);
  journal.writeWorld(world);
  return world;
}

/** Applies what the journal holds; gives the faults that were switched on last. */
function replay(journal: Journal, state: SandboxState, clock: SandboxClock): Fault[] {
  let faults: Fault[] = [];
  for (const { seq, at, event } of journal.entries()) {
    applyEvent(state, event, { seq, at });
    if (event.type === 'clock.set') clock.setOffset(event.offsetMs);
    if (event.type === 'faults.set') faults = event.faults.map((fault) => faultSchema.parse(fault));
  }
  return faults;
}

/** The world as it was at a place of the journal, built anew. */
export function stateAt(journal: Journal, lastSeq: number): SandboxState {
  return walk(journal, lastSeq, () => undefined);
}

/** Walks once through everything that happened up to a place; `visit` sees the world after each step. */
export function walk(
  journal: Journal,
  lastSeq: number,
  visit: (state: SandboxState, place: { seq: number; at: number; event: SandboxEvent }) => void,
): SandboxState {
  const world = journal.readWorld();
  if (world === null) throw new Error('the journal holds no world');
  const state = buildState(world);
  for (const { seq, at, event } of journal.entries()) {
    if (seq > lastSeq) break;
    applyEvent(state, event, { seq, at });
    visit(state, { seq, at, event });
  }
  return state;
}

/** Keeps what happens; an event that names nothing throws and is not kept. */
function createRecorder(journal: Journal, state: SandboxState, clock: Clock): (event: SandboxEvent) => void {
  return (event) => {
    const at = clock.now();
    journal.append(at, event, (seq) => applyEvent(state, event, { seq, at }));
  };
}

function applyEvent(state: SandboxState, event: SandboxEvent, place: { seq: number; at: number }): void {
  state.seq = place.seq;
  if ('tenantId' in event) {
    const tenant = state.tenants.get(event.tenantId);
    if (tenant !== undefined) applyTenantEvent(tenant, event, place.seq);
    return;
  }
  if (event.type.startsWith('connectwise.')) {
    applyConnectWiseEvent(state.connectwise, event as ConnectWiseEvent);
    return;
  }
  if (event.type.startsWith('gmail.')) {
    applyGmailEvent(state.gmail, event as GmailEvent);
    return;
  }
  if (event.type === 'bot.set') state.botEndpoint = event.endpoint;
  if (!('domain' in event)) return;
  const company = state.companies.get(event.domain);
  if (company !== undefined) applyCompanyEvent(company, event, new Date(place.at).toISOString());
}

/** Draws for faults with a probability: the same world and the same calls give the same draws (mulberry32). */
function createDraws(seed: number): () => number {
  let place = seed >>> 0;
  return () => {
    place = (place + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(place ^ (place >>> 15), place | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
