/**
 * Who made a difference, by the directory's audit log: the newest entry about the object, or about one of the accounts,
 * within the time in which it must have happened. Our own entries are never the answer; what other names stand in the log
 * is told as it is.
 */
import type { DriftActor, DriftFinding } from './drift-types.core.ts';

/** The log had this long to name somebody. */
export const ACTOR_WAIT_MS = 60 * 60_000;

/** An entry of the log as far as it matters here; texts in lower case, `at` in ms. */
export type LogEntry = {
  at: number;
  result: string | null;
  isOwn: boolean;
  actor: Exclude<DriftActor, { kind: 'unnamed' }> | null;
  activity: string;
  /** Everything that the entry names: ids of targets and what changed in them. */
  text: string;
};

/** Of a finding: what it is about, and the span in ms in which it happened. */
export type Happened = Pick<DriftFinding, 'aspect' | 'objectId' | 'before'> & { fromMs: number; toMs: number };

/** Clocks differ, and a look takes a moment. */
const SKEW_MS = 2 * 60_000;

/** The actor that the log names; null when it names nobody for this yet. */
export function actorOf(finding: Happened, entries: readonly LogEntry[]): DriftActor | null {
  const about = entries.filter(({ at, result, isOwn, actor, text, activity }) => {
    if (isOwn || actor === null || result === 'failure') return false;
    const isThen = at >= finding.fromMs - SKEW_MS && at <= finding.toMs + SKEW_MS;
    return isThen && isAbout(finding, text, activity);
  });
  const newest = about.sort((one, other) => other.at - one.at)[0];
  return newest?.actor ?? null;
}

const DEFAULTS = /security\s*defaults/;

function isAbout({ aspect, objectId, before }: Happened, text: string, activity: string): boolean {
  switch (aspect) {
    case 'securityDefaults':
      return DEFAULTS.test(activity) || DEFAULTS.test(text);
    case 'perUserMfa':
      return Object.keys(before).some((id) => text.includes(id));
    case 'members':
      return text.includes(objectId.toLowerCase()) && Object.keys(before).some((id) => text.includes(id));
    case 'policy':
    case 'otherPolicy':
    case 'group':
      return text.includes(objectId.toLowerCase());
  }
}
