import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { buildGenerated } from './build-tenant.ts';
import type { Violation } from './judge.ts';
import { drawRecipe } from './recipe.ts';
import { playTenant, type Story } from './run.ts';
import { QUICK_FOLDER, startStage } from './stage.ts';

export type Tally = {
  played: number;
  /** Tenants in which every phase came to be enforced. */
  enforced: number;
  /** With the seed and the steps that led there. */
  violations: (Violation & { seed: number; steps: readonly string[] })[];
  /** Outcomes by refusal code, endings, and how fast it went. */
  text(): string;
};

type Wishes = {
  from: number;
  count: number;
  peopleMax: number | undefined;
  onProgress(tally: Tally): void;
};

/** Tenants that share one sandbox and one product: starting both costs as much as one of them. */
const TOGETHER = 25;
/** What the figures of issue and mission are about. */
const WHOLE_RUN = 10_000;

/** Plays the tenants of consecutive seeds. A story that breaks off is told with its seed. */
export async function playMany({ from, count, peopleMax, onProgress }: Wishes): Promise<Tally> {
  const stories: Story[] = [];
  const begunAt = performance.now();
  const tally: Tally = {
    ...{ played: 0, enforced: 0, violations: [] },
    text: () => textOf(stories, (performance.now() - begunAt) / 60_000),
  };
  for (let first = from; first < from + count; first += TOGETHER) {
    const seeds = Array.from({ length: Math.min(TOGETHER, from + count - first) }, (_, index) => first + index);
    const made = seeds.map((seed) => buildGenerated(drawRecipe(seed, peopleMax)));
    const stage = await startStage(made, storeFolder);
    for (const one of made) {
      const story = await playTenant(stage, one).catch((error: unknown) => {
        throw new Error(`MFA_GUARANTEES_SEED=${one.recipe.seed} breaks off`, { cause: error });
      });
      stories.push(story);
      const { seed, steps } = story;
      tally.played += 1;
      if (story.outcome.startsWith('enforced')) tally.enforced += 1;
      tally.violations.push(...story.violations.map((violation) => ({ seed, ...violation, steps })));
      onProgress(tally);
    }
    await stage.stop();
  }
  return tally;
}

function storeFolder(): string {
  const folder = mkdtempSync(join(QUICK_FOLDER, 'mfa-generated-store-'));
  cpSync(inject('storeTemplate'), folder, { recursive: true });
  return folder;
}

function textOf(stories: readonly Story[], minutes: number): string {
  const perMinute = stories.length / minutes;
  const hours = WHOLE_RUN / perMinute / 60;
  const sizes = stories.map(({ people }) => people);
  const writes = stories.reduce((sum, story) => sum + story.writes, 0);
  const pace = `${perMinute.toFixed(1)} a minute: ${WHOLE_RUN} take ${hours.toFixed(1)} hours here`;
  return [
    `${stories.length} generated tenants of ${Math.min(...sizes)} to ${Math.max(...sizes)} people, all over HTTPS and jobs, none in process; ${writes} writes judged; ${pace}`,
    ...counted(stories.map(({ outcome }) => outcome)),
    ...counted(stories.map(({ ending }) => `end: ${ending}`)),
    ...counted(stories.flatMap(({ violations }) => violations.map(({ kind }) => `VIOLATION ${kind}`))),
    ...stories.flatMap(({ seed, violations }) => violations.map(({ kind, at }) => `seed ${seed}: ${kind} (${at})`)),
  ].join('\n');
}

function counted(names: readonly string[]): string[] {
  const groups = Map.groupBy(names, (name) => name);
  const rows = [...groups].sort(([, a], [, b]) => b.length - a.length);
  return rows.map(([name, all]) => `${String(all.length).padStart(6)}  ${name}`);
}
