import type { Clock } from '../lib/clock.ts';
import { createSlidingWindow, type SlidingWindow, type WindowLimit } from './sliding-window.ts';

/** Who goes first where calls have to wait: an approval's call, everyday work, then what nobody waits for. */
export type Priority = 'approval' | 'normal' | 'background';

export type Turn = {
  /** Whose limit is spent: the tenant, or app and tenant. */
  lane: string;
  priority?: Priority | undefined;
  cost?: number | undefined;
  signal?: AbortSignal | undefined;
};

export type Pacer = {
  /**
   * Runs the work as soon as the lane's and the shared limit allow: by priority, in order of arrival within a lane,
   * in turns between lanes. Rejects with the signal's reason when aborted while waiting, without spending anything.
   */
  run<T>(turn: Turn, work: () => Promise<T>): Promise<T>;
  /** Starts nothing more in the lane before the given moment: the vendor asked for a pause. */
  hold(lane: string, until: number): void;
  /** How many lanes are remembered: those in use, and some that are forgotten when there are too many. */
  lanes(): number;
};

type Waiting = { turn: Turn; rank: number; start: () => void };
type Lane = {
  window: SlidingWindow;
  queue: Waiting[];
  heldUntil: number;
  servedAs: number;
  running: number;
  runningMax: number;
};
type Candidate = { lane: Lane; head: Waiting; at: number };

/** A lane may be a person's chat, of whom there are many: beyond this, those at rest are forgotten now and then. */
const LANES_BEFORE_SWEEP = 1_000;

const RANK: Record<Priority, number> = { approval: 0, normal: 1, background: 2 };

/**
 * Creates the pacer of one limit class: `perLane` for each lane, `concurrentPerLane` calls of a lane under way at once,
 * and `shared` over all lanes, where there is such.
 */
export function createPacer(options: {
  clock: Clock;
  perLane: WindowLimit;
  concurrentPerLane?: number | undefined;
  shared?: WindowLimit | undefined;
}): Pacer {
  const { clock } = options;
  const lanes = new Map<string, Lane>();
  const waited = new Set<Lane>();
  const shared = options.shared === undefined ? null : createSlidingWindow(options.shared);
  let served = 0;
  let alarm: AbortController | null = null;
  let sweepAt = LANES_BEFORE_SWEEP;

  const laneOf = (name: string): Lane => {
    const known = lanes.get(name);
    if (known !== undefined) return known;
    if (lanes.size >= sweepAt) {
      forgetIdle(lanes, clock.now());
      sweepAt = Math.max(LANES_BEFORE_SWEEP, 2 * lanes.size);
    }
    const lane: Lane = {
      window: createSlidingWindow(options.perLane),
      queue: [],
      heldUntil: 0,
      servedAs: 0,
      running: 0,
      runningMax: options.concurrentPerLane ?? Number.POSITIVE_INFINITY,
    };
    lanes.set(name, lane);
    return lane;
  };

  const pump = () => {
    alarm?.abort();
    alarm = null;
    for (;;) {
      const now = clock.now();
      const next = nextCandidate(waited, shared, now);
      if (next === null) return;
      if (next.at > now) {
        wakeAt(next.at - now);
        return;
      }
      served += 1;
      grant(next, shared, served);
    }
  };

  const wakeAt = (waitMs: number) => {
    if (!Number.isFinite(waitMs)) return; // A call under way must end first; its end pumps again.
    const mine = new AbortController();
    alarm = mine;
    clock.sleep(waitMs, mine.signal).then(pump, () => undefined);
  };

  const finish = (lane: Lane, cost: number) => {
    lane.running -= 1;
    for (const window of [lane.window, shared]) window?.finish(cost, clock.now());
    pump();
  };

  return {
    async run(turn, work) {
      const lane = laneOf(turn.lane);
      waited.add(lane);
      await waitForTurn(lane, turn, pump);
      try {
        return await work();
      } finally {
        finish(lane, turn.cost ?? 1);
      }
    },
    hold(name, until) {
      const lane = laneOf(name);
      lane.heldUntil = Math.max(lane.heldUntil, until);
    },
    lanes: () => lanes.size,
  };
}

/** Takes out the lanes that a new one would stand for as well. */
function forgetIdle(lanes: Map<string, Lane>, now: number): void {
  for (const [name, { queue, running, heldUntil, window }] of lanes)
    if (queue.length === 0 && running === 0 && heldUntil <= now && window.isEmpty(now)) lanes.delete(name);
}

/**
 * The call to start next and when: among those that may start now the most urgent, and among equals the lane that was
 * served longest ago, so that a lane with many calls cannot take the shared limit from the others. Null: nobody waits. Given are
 * the lanes in which somebody may wait, few of thousands; those in which nobody does any more are taken out.
 */
function nextCandidate(lanes: Set<Lane>, shared: SlidingWindow | null, now: number): Candidate | null {
  let best: Candidate | null = null;
  const sharedAt = new Map<number, number>();
  for (const lane of lanes) {
    const head = lane.queue[0];
    if (head === undefined) {
      lanes.delete(lane);
      continue;
    }
    const cost = head.turn.cost ?? 1;
    const free = sharedAt.get(cost) ?? shared?.freeAt(cost, now) ?? now;
    sharedAt.set(cost, free);
    // A full lane is freed by the end of one of its calls, whenever that is.
    const place = lane.running < lane.runningMax ? now : Number.POSITIVE_INFINITY;
    const at = Math.max(place, lane.heldUntil, lane.window.freeAt(cost, now), free);
    const candidate = { lane, head, at };
    if (best === null || goesBefore(candidate, best)) best = candidate;
  }
  return best;
}

function goesBefore(a: Candidate, b: Candidate): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.head.rank !== b.head.rank) return a.head.rank < b.head.rank;
  return a.lane.servedAs < b.lane.servedAs;
}

function grant({ lane, head }: Candidate, shared: SlidingWindow | null, servedAs: number): void {
  const cost = head.turn.cost ?? 1;
  lane.queue.shift();
  lane.servedAs = servedAs;
  lane.running += 1;
  lane.window.start(cost);
  shared?.start(cost);
  head.start();
}

function waitForTurn(lane: Lane, turn: Turn, pump: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const { signal } = turn;
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      lane.queue = lane.queue.filter((other) => other !== waiting);
      reject(signal?.reason as Error);
      pump();
    };
    const start = () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    };
    const waiting: Waiting = { turn, rank: RANK[turn.priority ?? 'normal'], start };
    signal?.addEventListener('abort', onAbort, { once: true });
    const behind = lane.queue.findIndex((other) => other.rank > waiting.rank);
    lane.queue.splice(behind === -1 ? lane.queue.length : behind, 0, waiting);
    pump();
  });
}
