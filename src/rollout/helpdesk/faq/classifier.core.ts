// Learns from the phrasings which words, notions and signs speak for which topic (softmax regression, each step as
// large as the feature is rare). A phrasing is one example; so whoever adds one teaches the matcher, and no weight is
// ever kept in a file. The order of the examples is fixed, so that the same texts always give the same matcher.

export type Example = { label: string; features: readonly string[] };
/** The probability of every label for a message with these features. */
export type Classifier = (features: readonly string[]) => ReadonlyMap<string, number>;

const ROUNDS = 10;
const STEP = 0.3;
/** Keeps weights small, so that one strange example does not rule. */
const DECAY = 1e-3;
/** A feature of one example alone is chance. */
const EXAMPLES_MIN = 2;
/** Messages of any length are judged alike: each feature's share is 2 / sqrt(number of features). */
const SHARPNESS = 2;
const NEGLIGIBLE = 1e-3;

/** Learns from the examples, in a fixed order. */
export function learn(examples: readonly Example[], labels: readonly string[]): Classifier {
  const ids = numbered(examples);
  const width = labels.length;
  const weights = new Float64Array((ids.size + 1) * width);
  const seen = new Float64Array(weights.length).fill(1e-6);
  const encode = (features: readonly string[]) => [
    ids.size,
    ...features.map((feature) => ids.get(feature)).filter((id) => id !== undefined),
  ];
  const encoded = examples.map(({ label, features }) => ({ label: labels.indexOf(label), ids: encode(features) }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const at of shuffled(encoded.length, round)) {
      const example = encoded[at];
      if (example !== undefined) step({ example, weights, seen, width });
    }
  }
  return (features) => {
    const chances = chancesOf(encode(features), weights, width);
    return new Map(labels.map((label, at) => [label, chances[at] ?? 0]));
  };
}

function numbered(examples: readonly Example[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { features } of examples) {
    for (const feature of features) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  }
  const kept = [...counts].filter(([, count]) => count >= EXAMPLES_MIN);
  return new Map(kept.map(([feature], at) => [feature, at]));
}

/** Every example once, neighbours of a topic far apart: steps through the list with a stride that shares no divisor. */
function shuffled(size: number, round: number): number[] {
  let stride = Math.floor(size * 0.618) + round;
  while (size > 1 && divisor(stride, size) !== 1) stride += 1;
  return Array.from({ length: size }, (_, at) => (at * stride) % size);
}

function divisor(left: number, right: number): number {
  return right === 0 ? left : divisor(right, left % right);
}

type Learning = {
  example: { label: number; ids: readonly number[] };
  weights: Float64Array;
  seen: Float64Array;
  width: number;
};

function step({ example, weights, seen, width }: Learning): void {
  const chances = chancesOf(example.ids, weights, width);
  const share = SHARPNESS / Math.sqrt(example.ids.length);
  for (let label = 0; label < width; label += 1) {
    const error = (chances[label] ?? 0) - (label === example.label ? 1 : 0);
    if (Math.abs(error) < NEGLIGIBLE) continue;
    for (const id of example.ids) {
      const at = id * width + label;
      const slope = error * share + DECAY * (weights[at] ?? 0);
      const total = (seen[at] ?? 0) + slope * slope;
      seen[at] = total;
      weights[at] = (weights[at] ?? 0) - (STEP * slope) / Math.sqrt(total);
    }
  }
}

function chancesOf(ids: readonly number[], weights: Float64Array, width: number): Float64Array {
  const share = SHARPNESS / Math.sqrt(ids.length);
  const sums = new Float64Array(width);
  for (const id of ids) {
    for (let label = 0; label < width; label += 1) {
      sums[label] = (sums[label] ?? 0) + (weights[id * width + label] ?? 0) * share;
    }
  }
  const highest = Math.max(...sums);
  const raised = sums.map((sum) => Math.exp(sum - highest));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}
