import { FAMILY_SHARES, type Family } from './features.core.ts';

// The learned part of the matching: a softmax regression over the features of a message, made by scripts/faq-train.ts
// and read here. A feature stands in the file by the hash of its name, with its rarity and one small whole number per
// label. A stored shape: FORMAT changes with it, and the file is made anew.
//
// Layout, little-endian: FORMAT (u32), number of features (u32), labels (u32), bias per label (f32), hashes in rising
// order (u32), scale per feature (f32), rarity per feature (u8), weights by feature and label (i8), digest of what the
// model was made from (32 bytes).

export const FORMAT = 0x46_41_51_31;
export const DIGEST_BYTES = 32;
const HEADER_BYTES = 12;
/** A rarity of 0 to 4 in one byte. */
export const RARITY_STEPS = 60;
/** How rare a feature counts that the model has never met: the message has matters of its own. */
export const UNKNOWN_RARITY = 2.9;

export type Model = {
  labels: number;
  bias: Float32Array;
  hashes: Uint32Array;
  scales: Float32Array;
  rarities: Uint8Array;
  weights: Int8Array;
  digest: string;
};

/** FNV-1a over UTF-16 code units: the name under which a feature stands in the model. */
export function hashOf(feature: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < feature.length; at += 1) {
    hash = Math.imul(hash ^ feature.charCodeAt(at), 0x01_00_01_93);
  }
  return hash >>> 0;
}

/** The bytes of a model file. */
export function writeModel({ labels, bias, hashes, scales, rarities, weights, digest }: Model): Uint8Array {
  const header = Uint32Array.of(FORMAT, hashes.length, labels);
  const parts = [header, bias, hashes, scales, rarities, weights, fromHex(digest)];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}

/** Reads a model file; refuses (throws) one of another format or length. */
export function readModel(bytes: Uint8Array): Model {
  const { buffer } = new Uint8Array(bytes);
  const [format, features, labels] = buffer.byteLength < HEADER_BYTES ? [] : new Uint32Array(buffer, 0, 3);
  if (format !== FORMAT || features === undefined || labels === undefined) throw new Error('not a model of the FAQ');
  const hashesAt = HEADER_BYTES + 4 * labels;
  const scalesAt = hashesAt + 4 * features;
  const raritiesAt = scalesAt + 4 * features;
  const weightsAt = raritiesAt + features;
  const digestAt = weightsAt + features * labels;
  if (buffer.byteLength !== digestAt + DIGEST_BYTES) throw new Error('the model of the FAQ is cut off');
  return {
    labels,
    bias: new Float32Array(buffer, HEADER_BYTES, labels),
    hashes: new Uint32Array(buffer, hashesAt, features),
    scales: new Float32Array(buffer, scalesAt, features),
    rarities: new Uint8Array(buffer, raritiesAt, features),
    weights: new Int8Array(buffer, weightsAt, features * labels),
    digest: toHex(new Uint8Array(buffer, digestAt, DIGEST_BYTES)),
  };
}

/** The chance of every label for a message with these features. */
export function chancesOf(model: Model, features: Record<Family, readonly string[]>): Float64Array {
  const sums = Float64Array.from(model.bias);
  for (const family of Object.keys(FAMILY_SHARES) as Family[])
    addFamily(model, sums, { family, names: features[family] });
  return softmax(sums);
}

function addFamily(model: Model, sums: Float64Array, { family, names }: { family: Family; names: readonly string[] }) {
  let squares = 0;
  const own = new Float64Array(model.labels);
  for (const name of names) {
    const at = indexOf(model.hashes, hashOf(name));
    const rarity = at === -1 ? UNKNOWN_RARITY : (model.rarities[at] ?? 0) / RARITY_STEPS;
    squares += rarity * rarity;
    if (at === -1) continue;
    const value = rarity * (model.scales[at] ?? 0);
    for (let label = 0; label < model.labels; label += 1) {
      own[label] = (own[label] ?? 0) + value * (model.weights[at * model.labels + label] ?? 0);
    }
  }
  if (squares === 0) return;
  const share = FAMILY_SHARES[family] / Math.sqrt(squares);
  for (let label = 0; label < model.labels; label += 1) sums[label] = (sums[label] ?? 0) + share * (own[label] ?? 0);
}

/** Sums become chances that add up to 1. */
export function softmax(sums: Float64Array): Float64Array {
  const highest = Math.max(...sums);
  const raised = sums.map((sum) => Math.exp(sum - highest));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}

function indexOf(hashes: Uint32Array, hash: number): number {
  let low = 0;
  let high = hashes.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = hashes[middle] ?? 0;
    if (found === hash) return middle;
    if (found < hash) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
