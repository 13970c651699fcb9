/** Plays tenants one after the other on stages that many of them share. */
import type { Certain } from './accidents.ts';
import { buildGenerated } from './build-tenant.ts';
import { drawRecipe, type Recipe, SMALL_MAX } from './recipe.ts';
import { playTenant, type Story } from './run.ts';
import { type Stage, startStage } from './stage.ts';
import { createStores, type StorePlaces } from './stores.ts';

/** How the product reached the sandbox: by calls within the process, or over TLS as it does elsewhere. */
export type Way = 'in process' | 'over HTTPS';

/** A story that was told to its end, or what broke it off. */
export type Told = { seed: number; way: Way } & ({ story: Story } | { broken: string });

export type Playing = StorePlaces & {
  seeds: readonly number[];
  peopleMax: number | undefined;
  /** What another administrator does in every story, in place of what is drawn. */
  certain?: Certain;
};

/** Tenants that share one sandbox and one product: starting both costs as much as one of them. */
const TOGETHER = 50;
/** Of the smallest tenants every tenth goes over HTTPS too. */
const TENTH = 10;

/** Tells every story to `tell`, in the order of the seeds. */
export async function playSome(
  { seeds, peopleMax, certain, ...places }: Playing,
  tell: (told: Told) => void,
): Promise<void> {
  const stores = createStores(places);
  let left = seeds;
  while (left.length > 0) {
    const made = left.slice(0, TOGETHER).map((seed) => buildGenerated(drawRecipe(seed, peopleMax)));
    const location = await stores.next();
    const stage = await startStage(made, () => location);
    let isBroken = false;
    for (const one of made) {
      left = left.slice(1);
      const told = await playOne(stage, one, certain);
      tell(told);
      // What a broken story left behind would spoil the next one's.
      isBroken = 'broken' in told;
      if (isBroken) break;
    }
    await stage.stop().catch((error: unknown) => {
      if (!isBroken) throw error;
    });
    await stores.remove(location);
  }
  await stores.end();
}

async function playOne(stage: Stage, made: Parameters<typeof playTenant>[1], certain?: Certain): Promise<Told> {
  const { recipe } = made;
  const way = wayOf(recipe);
  stage.hooks.carry = way === 'in process' ? stage.sandbox.carry : undefined;
  try {
    return { seed: recipe.seed, way, story: await playTenant(stage, made, certain) };
  } catch (error) {
    return { seed: recipe.seed, way, broken: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function wayOf({ people, seed }: Recipe): Way {
  return people <= SMALL_MAX && seed % TENTH !== TENTH - 1 ? 'in process' : 'over HTTPS';
}
