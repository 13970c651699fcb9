import { expect, it } from 'vitest';
import { silentLog } from '../../src/lib/log.ts';
import { logText } from '../../src/rehearsal/event-log.ts';
import { rehearse } from '../../src/rehearsal/rehearse.ts';
import { parseProcedureFile } from '../../src/rollout/phases/procedure-file.ts';

/** A whole month takes minutes: `npm run guarantees` plays three, `npm test` the first days of one. */
const FULL = process.env.MFA_GUARANTEES === 'full';
const SLOW_MS = 15 * 60_000;

const wishes = (seed: number, signal: AbortSignal, onLine: (line: string) => void = () => undefined) => ({
  ...{ seed, size: 100, startsOn: '2027-01-11', log: silentLog, signal, onLine },
});

const FIRST_DAYS = `
version: 1
name: The first days
phases:
  - { name: IT, people: { departments: [IT] }, enforceAfterDays: 1 }
  - { name: Everyone else, people: null, enforceAfterDays: 20 }
`;

it(
  'takes the first department from announcement to enforced, by two people and one change',
  async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    const told = (line: string) => {
      lines.push(line.replace(/^\S+ \S+ {2}/, ''));
      if (line.endsWith('IT: enforced')) stop.abort(new Error('seen enough'));
    };
    const procedure = parseProcedureFile(FIRST_DAYS, 'first-days.yaml');
    await expect(rehearse({ ...wishes(1, stop.signal, told), procedure })).rejects.toThrow('seen enough');
    const ofIt = lines.filter((line) => line.startsWith('IT: ')).map((line) => line.slice('IT: '.length));
    // Between them a gate may close, which asks both people again.
    expect(ofIt.slice(0, 2)).toEqual(['announced', 'observing']);
    expect(ofIt.slice(-3)).toEqual(['approved by both', 'approved', 'enforced']);
  },
  SLOW_MS,
);

if (FULL) {
  it.each([1, 2, 3])(
    'brings everybody through, and reports what is so, seed %s',
    async (seed) => {
      const { phases, truth } = await rehearse(wishes(seed, new AbortController().signal));
      expect(phases.filter(({ state }) => state !== 'enforced')).toEqual([]);
      expect(truth.filter(({ agrees }) => !agrees)).toEqual([]);
    },
    SLOW_MS,
  );

  it.each(['securityDefaults', 'oldPolicies'] as const)(
    'brings everybody through who had %s before',
    async (world) => {
      const { phases, truth } = await rehearse({ ...wishes(1, new AbortController().signal), world });
      expect(phases.filter(({ state }) => state !== 'enforced')).toEqual([]);
      expect(truth.filter(({ agrees }) => !agrees)).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'goes the same way twice: the same seed gives the same log, byte for byte',
    async () => {
      const play = async () => logText((await rehearse(wishes(4, new AbortController().signal))).log);
      expect(await play()).toBe(await play());
    },
    SLOW_MS,
  );
}
