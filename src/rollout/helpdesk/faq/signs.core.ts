import type { Sightings } from './notions.core.ts';

// Signs: combinations of notions that name a topic whatever the words. `phone lost` needs both near each other,
// `app|code` one of them, `neg>phone` the first shortly before the second, `own>>phone` at once, `!other` none nearby. Near means within one
// thought: a long story mentions many things, but the words of its question stand together.

const THOUGHT_WORDS = 14;
const SHORTLY_WORDS = 4;
const AT_ONCE_WORDS = 2;

type Span = { from: number; to: number };
type Item = { isNot: boolean; apartMax: number; either: readonly (readonly string[])[] };
export type Sign = { items: readonly Item[]; needed: number };

/** Reads one sign. */
export function readSign(text: string): Sign {
  const items = text.split(' ').map((part): Item => {
    const isNot = part.startsWith('!');
    const steps = (isNot ? part.slice(1) : part).split(/>+/).map((step) => step.split('|'));
    return { isNot, apartMax: part.includes('>>') ? AT_ONCE_WORDS : SHORTLY_WORDS, either: steps };
  });
  return { items, needed: items.filter((item) => !item.isNot).length };
}

/** True when the message shows the sign somewhere. */
export function showsSign(sign: Sign, sightings: Sightings): boolean {
  const wanted = sign.items.filter((item) => !item.isNot).map((item) => spansOf(item, sightings));
  const [anchors, ...others] = [...wanted].sort((left, right) => left.length - right.length);
  if (anchors === undefined || anchors.length === 0) return false;
  const unwanted = sign.items.filter((item) => item.isNot).flatMap((item) => spansOf(item, sightings));
  return anchors.some(
    (anchor) =>
      others.every((spans) => spans.some((span) => isNear(anchor, span))) &&
      !unwanted.some((span) => isNear(anchor, span)),
  );
}

function spansOf(item: Item, sightings: Sightings): Span[] {
  const [first, second] = item.either;
  const starts = (first ?? []).flatMap((notion) => sightings.get(notion) ?? []);
  if (second === undefined) return starts;
  const ends = second.flatMap((notion) => sightings.get(notion) ?? []);
  return starts.flatMap((start) =>
    ends
      .filter((end) => end.from > start.to && end.from - start.to <= item.apartMax)
      .map((end) => ({ from: start.from, to: end.to })),
  );
}

function isNear(left: Span, right: Span): boolean {
  return Math.max(left.from - right.to, right.from - left.to) <= THOUGHT_WORDS;
}
