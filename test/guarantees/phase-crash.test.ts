/** A whole phase comes to the same wherever the power goes: nothing twice, nothing skipped, no half state. */
import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { QUICK_FOLDER } from '../support/generated-tenants/stage.ts';
import { type PhaseLog, playWholePhase } from '../support/generated-tenants/whole-phase.ts';

const FULL = process.env.MFA_GUARANTEES === 'full';
const ROUND_MS = FULL ? 6 * 3_600_000 : 180_000;
/** Each start anew costs a second: where time is short the power goes at the writes and decisions that matter most. */
const TELLING = [
  ...['outreach.planned', 'mail.sent', 'phase.deciding', 'phase.applying', 'enforce.filled', 'enforce.written'],
  ...['withdraw.written', 'tickets.create.made'],
];
/** Cuts of one run in full: more, and what goes wrong could not be told from one another. */
const APART = 12;
const CUTS_MAX = 1_000;

function storeAt(): string {
  const folder = mkdtempSync(join(QUICK_FOLDER, 'mfa-phase-store-'));
  cpSync(inject('storeTemplate'), folder, { recursive: true });
  return folder;
}

function expectSame(log: PhaseLog, undisturbed: PhaseLog): void {
  expect(log.lines).toEqual(undisturbed.lines);
  expect(log.violations).toEqual([]);
  expect(log.journalHolds).toBe(true);
}

it(
  'a phase whose power goes once at each kind of point ends as the undisturbed one',
  async () => {
    const undisturbed = await playWholePhase(storeAt, () => false);
    const kinds = new Set(undisturbed.points.filter((name) => FULL || TELLING.includes(name)));
    expect(undisturbed.lines.filter((line) => line.startsWith('PATCH'))).toHaveLength(3);
    expect(undisturbed.lines.filter((line) => line.startsWith('mail ')).length).toBeGreaterThanOrEqual(5);
    const cut: string[] = [];
    const log = await playWholePhase(storeAt, ({ name, nth }) => {
      if (nth !== 1 || !(FULL || TELLING.includes(name))) return false;
      cut.push(name);
      return true;
    });
    expectSame(log, undisturbed);
    expect([...kinds].filter((kind) => !cut.includes(kind))).toEqual([]);
    expect(cut.length).toBeGreaterThanOrEqual(TELLING.length);
    process.stdout.write(
      `${undisturbed.points.length} points of ${kinds.size} kinds; the power went at ${cut.length}\n`,
    );
  },
  ROUND_MS,
);

// A pass for each of its points takes hours: `npm run guarantees` has them.
if (FULL) {
  it(
    'a phase whose power goes at any of its points ends as the undisturbed one',
    async () => {
      const undisturbed = await playWholePhase(storeAt, () => false);
      let cuts = 0;
      for (let first = 0; first < APART && cuts < CUTS_MAX; first += 1) {
        const log = await playWholePhase(storeAt, ({ place }) => {
          if (place % APART !== first || cuts >= CUTS_MAX) return false;
          cuts += 1;
          return true;
        });
        expectSame(log, undisturbed);
      }
      process.stdout.write(`the power went ${cuts} times over ${undisturbed.points.length} points\n`);
    },
    ROUND_MS,
  );
}
