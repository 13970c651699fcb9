import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import type { Violation } from './judge.ts';
import { type Playing, playSome, type Told } from './play-some.ts';
import type { Story } from './run.ts';

export type Tally = {
  played: number;
  /** Tenants in which every phase came to be enforced. */
  enforced: number;
  /** With the seed and the steps that led there. */
  violations: (Violation & { seed: number; steps: readonly string[] })[];
  /** Stories that broke off, each with its seed. */
  broken: string[];
  /** The split, outcomes by refusal code, endings, and how fast it went. */
  text(): string;
};

type Wishes = {
  from: number;
  count: number;
  peopleMax: number | undefined;
  onProgress(tally: Tally): void;
};

/** Tenants that a process plays before another one takes its place. */
const AT_ONCE = 250;
/** Fewer are played where the test runs. */
const FEW = 8;
/** So many processes at once where there is more to play. */
const PROCESSES = 2;
/** What the figures of issue and mission are about. */
const WHOLE_RUN = 10_000;
const CHILD = fileURLToPath(new URL('../generated-tenants-child.ts', import.meta.url));

/** Plays the tenants of consecutive seeds. */
export async function playMany({ from, count, peopleMax, onProgress }: Wishes): Promise<Tally> {
  const all: Told[] = [];
  const begunAt = performance.now();
  const tally: Tally = {
    ...{ played: 0, enforced: 0, violations: [], broken: [] },
    text: () => textOf(all, (performance.now() - begunAt) / 60_000),
  };
  const tell = (told: Told) => {
    all.push(told);
    addTo(tally, told);
    onProgress(tally);
  };
  const chunks = chunksOf(from, count);
  const places = { peopleMax, template: inject('storeTemplate'), postgresUrl: inject('postgresUrl') };
  const [only = [], ...more] = chunks;
  if (more.length === 0) {
    await playSome({ ...places, seeds: only }, tell);
    return tally;
  }
  const work = async () => {
    for (let seeds = chunks.shift(); seeds !== undefined; seeds = chunks.shift())
      await playApart({ ...places, seeds }, tell);
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  return tally;
}

function chunksOf(from: number, count: number): number[][] {
  const size = count < FEW ? FEW : Math.min(AT_ONCE, Math.ceil(count / PROCESSES));
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => seeds.slice(index * size, (index + 1) * size));
}

function addTo(tally: Tally, told: Told): void {
  const { seed } = told;
  if ('broken' in told) {
    tally.broken.push(`MFA_GUARANTEES_SEED=${seed} breaks off: ${told.broken}`);
    return;
  }
  const { outcome, violations, steps } = told.story;
  tally.played += 1;
  if (outcome.startsWith('enforced')) tally.enforced += 1;
  tally.violations.push(...violations.map((violation) => ({ seed, ...violation, steps })));
}

/** Plays some in a process of their own; rejects when it ends before they are through. */
function playApart(playing: Playing, tell: (told: Told) => void): Promise<void> {
  const child = spawn(process.execPath, [...FLAGS, CHILD, JSON.stringify(playing)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => tell(JSON.parse(line) as Told));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the tenants from seed ${playing.seeds[0] ?? ''} ended with ${code}`));
    });
  });
}

/** A larger nursery: most of what a story makes is gone at its next step. */
const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=64'];

function textOf(all: readonly Told[], minutes: number): string {
  const stories = all.flatMap((told) => ('story' in told ? [told.story] : []));
  const seeds = all.map(({ seed }) => seed);
  const sizes = stories.map(({ people }) => people);
  const writes = stories.reduce((sum, story) => sum + story.writes, 0);
  const perMinute = stories.length / minutes;
  const hours = WHOLE_RUN / perMinute / 60;
  const near = all.filter(({ way }) => way === 'in process').length;
  return [
    `${stories.length} generated tenants of ${Math.min(...sizes)} to ${Math.max(...sizes)} people, seeds ${Math.min(...seeds)} to ${Math.max(...seeds)}: ${near} small ones in process, ${all.length - near} over HTTPS, all through jobs`,
    `${writes} writes judged; ${perMinute.toFixed(1)} tenants a minute: ${WHOLE_RUN} take ${hours.toFixed(1)} hours here`,
    ...counted(stories.map(({ outcome }) => outcome)),
    ...counted(stories.map(({ ending }) => `end: ${ending}`)),
    ...troubleOf(stories),
    ...all.flatMap((told) => ('broken' in told ? [`seed ${told.seed} BREAKS OFF: ${told.broken}`] : [])),
  ].join('\n');
}

function troubleOf(stories: readonly Story[]): string[] {
  return [
    ...counted(stories.flatMap(({ violations }) => violations.map(({ kind }) => `VIOLATION ${kind}`))),
    ...stories.flatMap(({ seed, violations }) => violations.map(({ kind, at }) => `seed ${seed}: ${kind} (${at})`)),
  ];
}

function counted(names: readonly string[]): string[] {
  const groups = Map.groupBy(names, (name) => name);
  const rows = [...groups].sort(([, a], [, b]) => b.length - a.length);
  return rows.map(([name, all]) => `${String(all.length).padStart(6)}  ${name}`);
}
