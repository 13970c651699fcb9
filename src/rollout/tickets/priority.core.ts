/**
 * Which of the PSA's priorities a ticket of ours gets. Every site names its own: the customer file says the names, and
 * without it a name is taken that holds the level's English word, where exactly one does. Nothing is guessed from order.
 */
import type { TicketPriority } from './tickets.core.ts';

type NamedPriority = { id: number; name: string };

/** The names that the customer file gives, as far as it does. */
type PriorityNames = Readonly<Partial<Record<TicketPriority, string | undefined>>>;

const WORDS: Readonly<Record<TicketPriority, RegExp>> = {
  low: /\blow\b/i,
  normal: /\b(normal|medium)\b/i,
  high: /\bhigh\b/i,
};

/** The priority of a level; null where the PSA has none of that name: its board's default then stands. */
export function pickPriority(
  priorities: readonly NamedPriority[],
  level: TicketPriority,
  names: PriorityNames,
): NamedPriority | null {
  const name = names[level]?.trim().toLowerCase();
  const fits = ({ name: shown }: NamedPriority) =>
    name === undefined ? WORDS[level].test(shown) : shown.trim().toLowerCase() === name;
  const [found, ...others] = priorities.filter(fits);
  return found === undefined || others.length > 0 ? null : found;
}
