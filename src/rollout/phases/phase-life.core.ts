/**
 * The life of a phase: what an event makes of it. Facts come in, never wishes: a phase is enforced when the policy was
 * read back with its group in it. Every state has a way out, and none leads to `enforced` past a closed gate.
 */
import { canonicalJson, type Json } from '../../lib/canonical-json.ts';
import { dayOf } from '../../lib/local-time.ts';
import type { Gate, Phase, PhaseState, Rollout, Sentence } from './phase-types.core.ts';

export type PhaseEvent =
  /** Its time has come, or somebody begins earlier. */
  | { kind: 'announce' }
  /** The observing policy is live: the window begins. */
  | { kind: 'observe' }
  /** The gates as they are now, closed ones only. */
  | { kind: 'judged'; gates: readonly Gate[] }
  /** Enough people have approved what was shown. */
  | { kind: 'approved' }
  /** The group was read back in the enforcing policy. */
  | { kind: 'enforced' }
  /** The enforcing policy was read back with everybody in it, this phase's people among them. */
  | { kind: 'enforcedWithAll' }
  /** The flip was refused before anything was written. */
  | { kind: 'refused'; gate: Gate }
  /** The group was read back out of the enforcing policy. */
  | { kind: 'withdrawn' }
  /** Another phase was taken back, and with it the step that had enforced this one too. */
  | { kind: 'returned' }
  /** It was to be taken out and cannot be without leaving its people with less than they had. */
  | { kind: 'kept'; gate: Gate }
  | { kind: 'hold' }
  | { kind: 'resume' }
  /** Somebody, or the stop line, wants the phase out of enforcement. */
  | { kind: 'rollBack'; why: Sentence };

export type Decided =
  | {
      changed: true;
      phase: Phase;
      /** Why the group has to be taken out of the enforcing policy; null: it has not. */
      withdraw: Sentence | null;
    }
  | { changed: false; why: Sentence };

/** The gate that only time opens. */
export const WINDOW_OPEN = 'window_open';

/** The logs are behind: what they will show is not known yet. */
export const LOGS_BEHIND = 'sign_ins_not_read';

/** Messages wait for a mailbox that has sent as much as it may in a day. */
export const MAILBOX_FULL = 'mailbox_full';

/**
 * Closed gates that pass by themselves. A phase that was ready or approved stays so while one of them is closed, since a
 * log that is late is no reason to ask two people again; it is not enforced before they are open.
 */
const WAITED_FOR: ReadonlySet<string> = new Set([WINDOW_OPEN, LOGS_BEHIND, MAILBOX_FULL]);

/** Somebody has to see whom the past weeks of sign-ins say the phase would have blocked. */
export const REPLAY_BLOCKS = 'replay_blocks';

/** The past weeks of sign-ins are being replayed. */
export const REPLAY_RUNNING = 'replay_running';

/** What keeps a phase from being announced; every other gate keeps it from being enforced. */
const BEFORE_ANNOUNCING: ReadonlySet<string> = new Set([REPLAY_BLOCKS, REPLAY_RUNNING]);

/** The people who cannot answer: an approval names those who are enforced all the same. */
export const UNREGISTERED = 'unregistered_people';

/**
 * Closed gates that two people may pass by approving what stands beside them: nobody is locked out by it who was not
 * named to them. Whoever has no manager is chased through the engineer.
 */
const PASSED_BY_APPROVAL: ReadonlySet<string> = new Set([UNREGISTERED, 'manager_missing']);

/**
 * Security Defaults are on, and with them on Graph lets no policy be enabled: a phase comes to `ready` and waits there.
 * Nobody approves it by itself; it is enforced with everybody in the last step.
 */
export const WAITS_FOR_SWITCH = 'waits_for_switch';

/** Whether a phase has done all that it can do by itself and waits for the last step. */
export function isWaiting({ state, gates }: Pick<Phase, 'state' | 'gates'>): boolean {
  return state === 'ready' && gates.some(({ code }) => code === WAITS_FOR_SWITCH);
}

/**
 * The day from which MFA is demanded of a phase's people: its own, or, while Security Defaults have yet to give way with
 * the last phase, that one's; once it is enforced, the day on which that happened.
 */
export function demandedOn(
  { procedure, phases }: Pick<Rollout, 'procedure' | 'phases'>,
  phase: Phase,
  { areDefaultsOn, timeZone }: { areDefaultsOn: boolean; timeZone: string },
): string {
  if (phase.state === 'enforced' && phase.enforcedAt !== null) return dayOf(phase.enforcedAt, timeZone);
  const last = phases.find(({ everyoneElse }) => everyoneElse);
  const isTogether = areDefaultsOn && procedure.sdSwitch === 'last' && last !== undefined;
  return isTogether && last.enforceOn > phase.enforceOn ? last.enforceOn : phase.enforceOn;
}

/** The rollout with the day of each phase on which MFA is demanded of its people: what they and their helpers are told. */
export function asDemanded(rollout: Rollout, given: { areDefaultsOn: boolean; timeZone: string }): Rollout {
  const phases = rollout.phases.map((phase) => ({ ...phase, enforceOn: demandedOn(rollout, phase, given) }));
  return { ...rollout, phases };
}

/**
 * The phases that keep the last one from taking everybody in. With Security Defaults on they have to be ready, since
 * nothing can be enforced before; else they have to be enforced.
 */
export function openBefore(phases: readonly Phase[], areDefaultsOn: boolean): Phase[] {
  const isDone = (phase: Phase) => phase.state === 'enforced' || (areDefaultsOn && phase.state === 'ready');
  return phases.filter((phase) => !phase.everyoneElse && !isDone(phase));
}

/** What the event makes of the phase at an instant. An event that does not fit changes nothing and says why. */
export function decide(phase: Phase, event: PhaseEvent, now: string): Decided {
  switch (event.kind) {
    case 'announce':
      return from(phase, ['planned'], () =>
        moved(phase, 'announced', now, { announcedAt: now, gates: phase.gates.filter((gate) => mayAnnounce([gate])) }),
      );
    case 'observe':
      return from(phase, ['announced'], () => moved(phase, 'observing', now, { windowFrom: now }));
    case 'judged':
      return judged(phase, event.gates, now);
    case 'approved':
      return from(phase, isWaiting(phase) ? [] : ['ready'], () => moved(phase, 'approved', now));
    case 'enforcedWithAll':
      // Ready when the step began; whatever was decided about it meanwhile, its people are in the policy.
      return from(phase, ['ready', 'blocked', 'observing', 'held'], () =>
        moved(phase, 'enforced', now, { enforcedAt: now, gates: [] }),
      );
    case 'returned':
      // Its window goes on: the gates say anew whether it is ready.
      return from(phase, ['enforced'], () => moved(phase, 'observing', now, { enforcedAt: null, gates: [] }));
    case 'kept':
      return kept(phase, event.gate, now);
    case 'enforced':
      // Held while its flip was under way: what was read back in the tenant is the fact.
      return from(phase, isFlipping(phase) ? ['approved', 'held'] : ['approved'], () =>
        moved(phase, 'enforced', now, { enforcedAt: now, gates: [] }),
      );
    case 'refused':
      return from(phase, ['approved'], () => moved(phase, 'blocked', now, { gates: [event.gate] }));
    case 'withdrawn':
      return from(phase, ['enforced', 'approved', 'held', 'rolledBack'], () => withdrawn(phase, now));
    case 'hold':
      return from(phase, ['planned', 'announced', 'observing', 'blocked', 'ready', 'approved', 'rolledBack'], () =>
        moved(phase, 'held', now, { resumes: RESUMES[phase.state] }),
      );
    case 'resume':
      return resumed(phase, now);
    case 'rollBack':
      return from(phase, ['enforced', 'approved'], () => rolledBack(phase, event.why, now));
  }
}

/** What a phase goes on as after it was held: an approval does not survive that. */
const RESUMES: Readonly<Record<PhaseState, PhaseState>> = {
  planned: 'planned',
  announced: 'announced',
  observing: 'observing',
  blocked: 'observing',
  ready: 'observing',
  approved: 'ready',
  enforced: 'enforced',
  held: 'planned',
  rolledBack: 'observing',
};

function isFlipping({ state, resumes }: Phase): boolean {
  return state === 'approved' || (state === 'held' && resumes === 'ready');
}

function from(phase: Phase, states: readonly PhaseState[], then: () => Decided): Decided {
  if (states.includes(phase.state)) return then();
  return {
    changed: false,
    why: {
      en: `The phase "${phase.name}" is ${standingWords(phase).en} since ${phase.since.slice(0, 16)} UTC: nothing changed.`,
      de: `Die Phase „${phase.name}“ ist seit ${phase.since.slice(0, 16)} UTC ${standingWords(phase).de}: nichts geändert.`,
    },
  };
}

/** How a phase stands, in words. */
export function standingWords(phase: Pick<Phase, 'state' | 'gates'>): Sentence {
  return isWaiting(phase) ? WAITING_WORDS : STATE_WORDS[phase.state];
}

const WAITING_WORDS: Sentence = {
  en: 'ready, waiting for the last step',
  de: 'bereit, wartet auf den letzten Schritt',
};

/** The states in words. */
export const STATE_WORDS: Readonly<Record<PhaseState, Sentence>> = {
  planned: { en: 'planned', de: 'geplant' },
  announced: { en: 'announced', de: 'angekündigt' },
  observing: { en: 'in its report-only window', de: 'im Nur-melden-Fenster' },
  blocked: { en: 'blocked', de: 'blockiert' },
  ready: { en: 'ready for approval', de: 'bereit zur Freigabe' },
  approved: { en: 'approved', de: 'freigegeben' },
  enforced: { en: 'enforced', de: 'erzwungen' },
  held: { en: 'on hold', de: 'angehalten' },
  rolledBack: { en: 'rolled back', de: 'zurückgenommen' },
};

function moved(phase: Phase, state: PhaseState, now: string, changes: Partial<Phase> = {}): Decided {
  const next = { ...phase, resumes: null, ...changes, state, since: now, revision: phase.revision + 1 };
  return { changed: true, phase: next, withdraw: null };
}

/** Gates are shown in every state before the approval; from the window on they also move the phase. */
function judged(phase: Phase, gates: readonly Gate[], now: string): Decided {
  switch (phase.state) {
    case 'planned':
    case 'announced':
      return withGates(phase, gates);
    case 'observing':
      if (gates.some(({ code }) => WAITED_FOR.has(code))) return withGates(phase, gates);
      return moved(phase, hinders(gates) ? 'blocked' : 'ready', now, { gates });
    case 'blocked':
      return hinders(gates) ? withGates(phase, gates) : moved(phase, 'ready', now, { gates });
    case 'ready':
      return hinders(gates) ? moved(phase, 'blocked', now, { gates }) : withGates(phase, gates);
    case 'approved':
      if (hinders(gates)) return moved(phase, 'blocked', now, { gates });
      // Approved by itself, and not to be enforced by itself any more.
      return gates.some(({ code }) => code === WAITS_FOR_SWITCH)
        ? moved(phase, 'ready', now, { gates })
        : withGates(phase, gates);
    case 'enforced':
    case 'held':
    case 'rolledBack':
      return from(phase, [], () => withGates(phase, gates));
  }
}

function hinders(gates: readonly Gate[]): boolean {
  return gates.some(({ code }) => !PASSED_BY_APPROVAL.has(code) && !WAITED_FOR.has(code) && code !== WAITS_FOR_SWITCH);
}

/** Whether a phase whose day has come may be announced: what the past says of its people is known, or said to be unknown. */
export function mayAnnounce(gates: readonly Gate[]): boolean {
  return !gates.some(({ code }) => BEFORE_ANNOUNCING.has(code));
}

/** Whether an approved phase may be enforced now: only what its approval passed may still be closed. */
export function mayEnforce(gates: readonly Gate[]): boolean {
  return gates.every(({ code }) => PASSED_BY_APPROVAL.has(code));
}

function withGates(phase: Phase, gates: readonly Gate[]): Decided {
  if (canonicalJson(gates as unknown as Json) !== canonicalJson(phase.gates as unknown as Json)) {
    return { changed: true, phase: { ...phase, gates, revision: phase.revision + 1 }, withdraw: null };
  }
  return { changed: false, why: { en: 'The gates are as they were.', de: 'Die Schranken sind, wie sie waren.' } };
}

function withdrawn(phase: Phase, now: string): Decided {
  // Already told when somebody asked for it; the fact itself changes nothing more.
  if (phase.state === 'rolledBack' && phase.enforcedAt === null)
    return from(phase, [], () => moved(phase, 'held', now));
  return moved(phase, 'rolledBack', now, { enforcedAt: null, gates: [] });
}

/** The phase stays enforced, and its gate says why. */
function kept(phase: Phase, gate: Gate, now: string): Decided {
  return from(phase, ['enforced', 'approved', 'held', 'rolledBack'], () =>
    moved(phase, 'enforced', now, { enforcedAt: phase.enforcedAt ?? now, gates: [gate] }),
  );
}

/** A flip that is under way cannot be called back, so that its group is taken out after it. */
function rolledBack(phase: Phase, why: Sentence, now: string): Decided {
  if (phase.state === 'approved') {
    return { ...asChanged(moved(phase, 'rolledBack', now, { enforcedAt: null })), withdraw: why };
  }
  return { changed: true, phase: { ...phase, revision: phase.revision + 1 }, withdraw: why };
}

function asChanged(decided: Decided): Extract<Decided, { changed: true }> {
  if (!decided.changed) throw new TypeError('a move changes the phase');
  return decided;
}

function resumed(phase: Phase, now: string): Decided {
  return from(phase, ['held', 'rolledBack'], () => {
    const wanted = phase.resumes ?? 'observing';
    // A window counts as long as the policy has been watching; after a roll-back people are watched anew.
    const state = wanted === 'observing' && phase.windowFrom === null ? 'announced' : wanted;
    const windowFrom = phase.state === 'rolledBack' ? now : phase.windowFrom;
    // What stood beside a phase that nobody was told of yet is what whoever lets it go on has seen.
    return moved(phase, state, now, { windowFrom, gates: state === 'planned' ? phase.gates : [] });
  });
}
