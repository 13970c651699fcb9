/**
 * The space of all sign-ins that policies can tell apart, as axes with finitely many atoms (client, platform, place,
 * application and so on), and policies as boxes in it. Whether somebody is covered is then a question about the union
 * of boxes: it is judged by effect, whichever policies it takes, and not by how one policy is spelled.
 */
export type Box = {
  readonly policyId: string;
  readonly effect: 'mfa' | 'block';
  /** Per axis the atoms the box holds; an axis left out is held whole. */
  readonly axes: Axes;
};

export type Axes = ReadonlyMap<string, ReadonlySet<string>>;

/** Every atom of every axis. */
export type Space = ReadonlyMap<string, readonly string[]>;

/** Both boxes at once; null when they share no sign-in. */
function intersect(a: Axes, b: Axes): Axes | null {
  const result = new Map(a);
  for (const [axis, atoms] of b) {
    const held = result.get(axis);
    const common = held === undefined ? atoms : new Set([...held].filter((atom) => atoms.has(atom)));
    if (common.size === 0) return null;
    result.set(axis, common);
  }
  return result;
}

/** Every pairing of one list with another that leaves something. */
export function product(left: readonly Axes[], right: readonly Axes[]): readonly Axes[] {
  return left.flatMap((a) => right.map((b) => intersect(a, b)).filter((axes) => axes !== null));
}

/** So many slices are looked at before the question is given up as too intricate. */
const WORK_LIMIT = 50_000;

/**
 * Whether the boxes together hold every sign-in of the space; null when the boxes are too intricate to tell. Goes
 * through one axis after another and only looks once at atoms that the boxes do not tell apart.
 */
export function coversAll(boxes: readonly Axes[], space: Space): boolean | null {
  const budget = { left: WORK_LIMIT };
  const covered = covers(boxes, space, budget);
  return budget.left > 0 ? covered : null;
}

function covers(boxes: readonly Axes[], space: Space, budget: { left: number }): boolean {
  budget.left -= 1;
  if (budget.left <= 0 || boxes.some((box) => box.size === 0)) return true;
  const axis = boxes[0]?.keys().next().value;
  if (axis === undefined) return false;
  return slices(boxes, axis, space).every((slice) => covers(slice, space, budget));
}

/** The boxes that remain for each kind of atom of an axis, with that axis taken out of them. */
export function slices(boxes: readonly Axes[], axis: string, space: Space): readonly (readonly Axes[])[] {
  const bySignature = new Map<string, readonly number[]>();
  for (const atom of space.get(axis) ?? []) {
    const holding = [...boxes.keys()].filter((index) => boxes[index]?.get(axis)?.has(atom) ?? true);
    bySignature.set(holding.join(), holding);
  }
  const without = boxes.map((box) => new Map([...box].filter(([name]) => name !== axis)));
  return [...bySignature.values()].map((holding) => holding.flatMap((index) => without[index] ?? []));
}
