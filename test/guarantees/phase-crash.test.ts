/**
 * A whole phase comes to the same wherever the power goes: nothing twice, nothing skipped, no half state. In `npm test`
 * a department of five and the points that matter most; `npm run guarantees` plays one of 200 with a thousand cuts.
 * Most of it stands on the server's store, where a process that starts anew costs a twentieth; the embedded one shows
 * its own start in full, and where there is no PostgreSQL.
 */
import { randomInt } from 'node:crypto';
import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { createRandom } from '../../src/sandbox/world/random.ts';
import { createKilledWorkers } from '../support/generated-tenants/killed-workers.ts';
import { QUICK_FOLDER, type Stage } from '../support/generated-tenants/stage.ts';
import {
  type CutsAt,
  type PhaseLog,
  type PhaseWishes,
  playWholePhase,
} from '../support/generated-tenants/whole-phase.ts';
import { describeStore, type TestStore } from '../support/store.ts';

const FULL = process.env.MFA_GUARANTEES === 'full';
const ROUND_MS = FULL ? 6 * 3_600_000 : 400_000;
const PEOPLE = FULL ? numberOf(process.env.MFA_GUARANTEES_PEOPLE, 200) : 5;
const CUTS = numberOf(process.env.MFA_GUARANTEES_COUNT, 1_000);
/** Cuts lie so many points apart in one run, so that no job dies more often than it is tried. */
const APART = 8;
const KILLS = numberOf(process.env.MFA_GUARANTEES_KILLS, 50);
/** The same seed kills at the same points. */
const SEED = process.env.MFA_GUARANTEES_SEED ?? String(randomInt(1_000_000_000));
/** Jobs of one customer that run at once: so many mails may be on their way when the power goes. */
const AT_ONCE = 2;
/** Where time is short the power goes at the writes and decisions that matter most. */
const TELLING = [
  ...['outreach.planned', 'mail.sent', 'phase.deciding', 'phase.applying', 'enforce.filled', 'enforce.written'],
  ...['withdraw.written', 'tickets.create.made'],
];

function numberOf(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : Number(text);
}

describeStore('a phase from its announcement to the chase', (store) => {
  const play = playerOn(store);
  if (store.engine === 'embedded' && !FULL && inject('postgresUrl') !== null) {
    it('is played on the server in short', () => expect(FULL).toBe(false));
    return;
  }
  const undisturbed = once(() => play(() => false));

  it(
    'ends as the undisturbed one when the power goes once at each kind of point',
    async () => {
      const expected = await undisturbed();
      const kinds = new Set(expected.points.filter((name) => FULL || TELLING.includes(name)));
      expect(expected.lines.filter((line) => line.startsWith('PATCH'))).toHaveLength(3);
      expect(expected.lines.filter((line) => line.startsWith('mail ')).length).toBeGreaterThanOrEqual(PEOPLE);
      expect(expected.violations).toEqual([]);
      const cut: string[] = [];
      const log = await play(({ name, nth }) => {
        if (nth !== 1 || !kinds.has(name)) return false;
        cut.push(name);
        return true;
      });
      expectSame(log, expected);
      expect([...kinds].filter((kind) => !cut.includes(kind))).toEqual([]);
      expect(log.cuts).toBeGreaterThanOrEqual(TELLING.length);
      tell(`${expected.points.length} points of ${new Set(expected.points).size} kinds`, log);
    },
    ROUND_MS,
  );

  if (store.engine === 'embedded') return;
  it(
    'ends so on two instances of which each loses its power, with lost answers and refusals for going too fast',
    async () => {
      const wishes = { instances: 2, slots: AT_ONCE, disturb: disturber() };
      const every = FULL ? 3 * APART : 40;
      const log = await play(({ place, isAgain }) => !isAgain && place % every === 11, wishes);
      expectSame(log, await undisturbed());
      expect(log.cuts).toBeGreaterThan(2);
      tell('two instances', log);
    },
    ROUND_MS,
  );

  if (!FULL) return;
  it(
    `ends so when ${KILLS} of the processes that work on it are killed, seed ${SEED}`,
    async () => {
      const expected = await undisturbed();
      const workers = createKilledWorkers(spansOver(expected.points.length));
      const log = await play(() => false, { worksElsewhere: workers.work }).finally(workers.end);
      tell(`${workers.killed()} processes killed`, log);
      expectSame(log, expected);
      expect(workers.killed()).toBe(KILLS);
    },
    ROUND_MS,
  );

  it(
    `ends so wherever the power goes, at ${CUTS} of its points`,
    async () => {
      const expected = await undisturbed();
      let left = CUTS;
      for (const first of OFFSETS) {
        if (left === 0) break;
        const cutsAt: CutsAt = ({ place, isAgain }) => {
          if (isAgain || place % APART !== first || left === 0) return false;
          left -= 1;
          return true;
        };
        const log = await play(cutsAt, { slots: AT_ONCE });
        tell(`every ${APART}th from the ${first}th`, log);
        expectSame(log, expected);
      }
      expect(left).toBe(0);
      process.stdout.write(`the power went ${CUTS} times over ${expected.points.length} points\n`);
    },
    ROUND_MS,
  );
});

/** Odd and even ones in turn, so that the first rounds lie apart as well. */
const OFFSETS = [1, 5, 3, 7, 2, 6, 4, 0];

/** One kill at random in each of as many equal parts of the way. */
function spansOver(points: number): number[] {
  const random = createRandom(`phase kills ${SEED}`);
  const part = Math.floor(points / (KILLS + 1));
  const places = Array.from({ length: KILLS }, (_none, n) => n * part + random.int(part) + 1);
  return places.map((place, n) => place - (places[n - 1] ?? 0));
}

type Player = (cutsAt: CutsAt, wishes?: PhaseWishes) => Promise<PhaseLog>;

function playerOn(store: TestStore): Player {
  const storeAt = async () => {
    if (store.engine === 'embedded') return { dataDir: copyOfTemplate() };
    const database = await store.openFresh();
    await database.close();
    return store.locationOf(database);
  };
  return (cutsAt, wishes) => playWholePhase(storeAt, cutsAt, { people: PEOPLE, ...wishes });
}

function copyOfTemplate(): string {
  const folder = mkdtempSync(join(QUICK_FOLDER, 'mfa-phase-store-'));
  cpSync(inject('storeTemplate'), folder, { recursive: true });
  return folder;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Another misfortune on every day: a write whose answer is lost at this vendor or that, and a storm of refusals. */
function disturber(): (stage: Stage) => void {
  const kinds = [
    { vendor: 'gmail', method: 'POST', cut: 'before', afterEffect: true, times: 3 },
    { vendor: 'gmail', method: 'POST', status: 429, retryAfter: '1', times: 9 },
    { vendor: 'graph', method: 'POST', cut: 'before', afterEffect: true, times: 2 },
    { vendor: 'connectwise', method: 'POST', cut: 'before', afterEffect: true, times: 2 },
    { vendor: 'graph', status: 429, retryAfter: '1', times: 9 },
    { vendor: 'gmail', method: 'POST', status: 504, afterEffect: true, times: 2 },
  ] as const;
  let day = 0;
  return ({ sandbox }) => {
    for (const offset of [0, 1]) {
      const kind = kinds[(day + offset) % kinds.length] ?? kinds[0];
      sandbox.faults.put({ id: `day ${day} ${offset}`, template: '*', skip: 1, ...kind });
    }
    day += 1;
  };
}

function expectSame(log: PhaseLog, undisturbed: PhaseLog): void {
  expect(log.lines).toEqual(undisturbed.lines);
  expect(log.violations).toEqual([]);
  expect(log.journalHolds).toBe(true);
  expect(log.inDoubtMax).toBeLessThanOrEqual(2 * AT_ONCE);
}

function tell(what: string, { cuts, points, inDoubtMax }: PhaseLog): void {
  process.stdout.write(`${what}: power cuts ${cuts}, points passed ${points.length}, in doubt at most ${inDoubtMax}\n`);
}
