// Softmax regression over the features of messages, learned step by step (AdaGrad), cut down to the features that say
// most, learned again on those alone and rounded to one byte per weight. No chance outside createRandom, so the same
// examples always give the same model.
import { FAMILY_SHARES, type Family } from '../src/rollout/helpdesk/faq/features.core.ts';
import { hashOf, type Model, RARITY_STEPS, softmax, UNKNOWN_RARITY } from '../src/rollout/helpdesk/faq/model.core.ts';
import { createRandom } from './faq-training.ts';

export type Lesson = { features: Record<Family, readonly string[]>; label: number; weight: number };

export const LEARNING = {
  /** A feature of one example alone is chance. */
  examplesMin: 2,
  /** What the model keeps, so that its file stays small. */
  featuresMax: 36_000,
  firstRounds: 4,
  rounds: 6,
  step: 0.1,
  decay: 1e-5,
};
const NEGLIGIBLE = 1e-4;
const FAMILIES = Object.keys(FAMILY_SHARES) as Family[];

type Vocabulary = { ids: ReadonlyMap<number, number>; rarities: Float64Array };
type Encoded = { ids: Int32Array; values: Float64Array; label: number; weight: number };

/** Learns the model from the lessons. */
export function learnModel(lessons: readonly Lesson[], labels: number, digest: string): Model {
  const all = vocabularyOf(lessons);
  const first = learnWeights(encodeAll(lessons, all), { vocabulary: all, labels, rounds: LEARNING.firstRounds });
  const kept = foremost(all, first, labels);
  const weights = learnWeights(encodeAll(lessons, kept), { vocabulary: kept, labels, rounds: LEARNING.rounds });
  return rounded({ vocabulary: kept, weights, labels, digest });
}

function vocabularyOf(lessons: readonly Lesson[]): Vocabulary {
  const counts = new Map<number, number>();
  for (const { features } of lessons) {
    for (const family of FAMILIES) {
      for (const hash of features[family].map(hashOf)) counts.set(hash, (counts.get(hash) ?? 0) + 1);
    }
  }
  const kept = [...counts].filter(([, count]) => count >= LEARNING.examplesMin);
  const rarity = (count: number) => Math.round(Math.sqrt(Math.log(1 + lessons.length / count)) * RARITY_STEPS);
  return {
    ids: new Map(kept.map(([hash], id) => [hash, id])),
    rarities: Float64Array.from(kept, ([, count]) => rarity(count) / RARITY_STEPS),
  };
}

function encodeAll(lessons: readonly Lesson[], vocabulary: Vocabulary): Encoded[] {
  return lessons.map((lesson) => encode(lesson, vocabulary));
}

function encode({ features, label, weight }: Lesson, { ids, rarities }: Vocabulary): Encoded {
  const found: number[] = [];
  const values: number[] = [];
  for (const family of FAMILIES) {
    const known = features[family].map((name) => ids.get(hashOf(name)));
    const rarityOf = (id: number | undefined) => (id === undefined ? UNKNOWN_RARITY : (rarities[id] ?? 0));
    const squares = known.reduce((sum: number, id) => sum + rarityOf(id) ** 2, 0);
    const share = FAMILY_SHARES[family] / Math.sqrt(squares === 0 ? 1 : squares);
    for (const id of known) {
      if (id === undefined) continue;
      found.push(id);
      values.push(rarityOf(id) * share);
    }
  }
  return { ids: Int32Array.from(found), values: Float64Array.from(values), label, weight };
}

type Weights = { weights: Float64Array; bias: Float64Array };
type Course = { vocabulary: Vocabulary; labels: number; rounds: number };

function learnWeights(lessons: readonly Encoded[], { vocabulary, labels, rounds }: Course): Weights {
  const weights = new Float64Array(vocabulary.ids.size * labels);
  const bias = new Float64Array(labels);
  const seen = { weights: weights.map(() => 1e-6), bias: bias.map(() => 1e-6) };
  const random = createRandom(12_345);
  const order = lessons.map((_, at) => at);
  for (let round = 0; round < rounds; round += 1) {
    shuffle(order, random);
    for (const at of order) {
      const lesson = lessons[at];
      if (lesson !== undefined) takeStep(lesson, { weights, bias }, seen);
    }
  }
  return { weights, bias };
}

function takeStep({ ids, values, label, weight }: Encoded, own: Weights, seen: Weights): void {
  const labels = own.bias.length;
  const sums = Float64Array.from(own.bias);
  for (const [place, id] of ids.entries()) {
    const value = values[place] ?? 0;
    for (let at = 0; at < labels; at += 1) sums[at] = (sums[at] ?? 0) + value * (own.weights[id * labels + at] ?? 0);
  }
  const errors = softmax(sums).map((chance, at) => chance - (at === label ? 1 : 0));
  for (let at = 0; at < labels; at += 1) {
    const error = errors[at] ?? 0;
    if (Math.abs(error) < NEGLIGIBLE) continue;
    move({ weights: own.bias, seen: seen.bias, at, slope: weight * error });
    for (const [place, id] of ids.entries()) {
      const slope = weight * error * (values[place] ?? 0);
      move({ weights: own.weights, seen: seen.weights, at: id * labels + at, slope });
    }
  }
}

type Move = { weights: Float64Array; seen: Float64Array; at: number; slope: number };

function move({ weights, seen, at, slope }: Move): void {
  const own = weights[at] ?? 0;
  const steep = slope + LEARNING.decay * own;
  const total = (seen[at] ?? 0) + steep * steep;
  seen[at] = total;
  weights[at] = own - (LEARNING.step * steep) / Math.sqrt(total);
}

function shuffle(order: number[], random: () => number): void {
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
}

/** The features whose weights are largest where they occur, rare ones less. */
function foremost({ ids, rarities }: Vocabulary, { weights }: Weights, labels: number): Vocabulary {
  const ranked = [...ids]
    .map(([hash, id]) => {
      const own = weights.subarray(id * labels, (id + 1) * labels);
      const size = own.reduce((sum, weight) => sum + weight * weight, 0);
      return { hash, id, worth: size / (rarities[id] ?? 1) ** 2 };
    })
    .sort((left, right) => right.worth - left.worth || left.hash - right.hash)
    .slice(0, LEARNING.featuresMax)
    .sort((left, right) => left.hash - right.hash);
  return {
    ids: new Map(ranked.map(({ hash }, at) => [hash, at])),
    rarities: Float64Array.from(ranked, ({ id }) => rarities[id] ?? 0),
  };
}

type Learned = { vocabulary: Vocabulary; weights: Weights; labels: number; digest: string };

function rounded({ vocabulary, weights: { weights, bias }, labels, digest }: Learned): Model {
  const size = vocabulary.ids.size;
  const scales = new Float32Array(size);
  const small = new Int8Array(size * labels);
  for (let id = 0; id < size; id += 1) {
    const own = weights.subarray(id * labels, (id + 1) * labels);
    const scale = Math.max(1e-6, ...own.map(Math.abs)) / 127;
    scales[id] = scale;
    for (const [label, weight] of own.entries()) small[id * labels + label] = Math.round(weight / scale);
  }
  return {
    labels,
    bias: Float32Array.from(bias),
    hashes: Uint32Array.from(vocabulary.ids.keys()),
    scales,
    rarities: Uint8Array.from(vocabulary.rarities, (rarity) => Math.round(rarity * RARITY_STEPS)),
    weights: small,
    digest,
  };
}
