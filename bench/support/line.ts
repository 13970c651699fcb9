/** One figure of a bench. `ok` is null where the figure is only printed: wall seconds, memory, other people's code. */
export type BenchLine = {
  name: string;
  value: number | null;
  /** What the figure is held against: the least possible, the published limit, or a reference run beside it. */
  limit: number | null;
  /** The same figure of somebody else's code, measured in the same run unless the text says otherwise. */
  peer: number | string | null;
  ratio: number | null;
  target: number | null;
  ok: boolean | null;
};

/** Two runs of the same code differ by this much on a shared machine, even by their least CPU. */
const CPU_SLACK = 1.25;

type Figure = { name: string; value: number; limit: number; peer?: number | string | undefined };

/** A count that must be exactly the least possible one. */
export function countLine({ name, value, limit, peer }: Figure): BenchLine {
  return {
    name,
    value,
    limit,
    peer: peer ?? null,
    ratio: rounded(ratioOf(value, limit)),
    target: 1,
    ok: value === limit,
  };
}

/** A count of something that must not occur. */
export function noneLine(name: string, value: number, peer: BenchLine['peer'] = null): BenchLine {
  return { name, value, limit: 0, peer, ratio: null, target: 0, ok: value === 0 };
}

/** A figure that may be at most `target` times its limit; exact figures get no slack, CPU does. */
export function ratioLine(figure: Figure & { target: number; isCpu?: boolean }): BenchLine {
  const { name, value, limit, peer = null, target, isCpu = false } = figure;
  const ratio = ratioOf(value, limit);
  const ok = ratio <= target * (isCpu ? CPU_SLACK : 1);
  return { name, value: rounded(value), limit: rounded(limit), peer, ratio: rounded(ratio), target, ok };
}

/** An absolute figure that may be at most `target`. */
export function atMostLine(figure: { name: string; value: number; target: number; isCpu?: boolean }): BenchLine {
  const { name, value, target, isCpu = false } = figure;
  const ok = value <= target * (isCpu ? CPU_SLACK : 1);
  return { name, value: rounded(value), limit: null, peer: null, ratio: null, target, ok };
}

/** A figure for the reader, never gated. */
export function printedLine(name: string, given: Partial<Omit<BenchLine, 'name' | 'ok'>>): BenchLine {
  const { value = null, limit = null, peer = null, ratio = null, target = null } = given;
  return { name, value: rounded(value), limit: rounded(limit), peer, ratio: rounded(ratio), target, ok: null };
}

/** How many times the limit a value is; nothing held against nothing is the limit itself. */
function ratioOf(value: number, limit: number): number {
  return value === limit ? 1 : value / limit;
}

function rounded<T extends number | null>(value: T): T {
  return (value === null ? null : Math.round(value * 1000) / 1000) as T;
}
