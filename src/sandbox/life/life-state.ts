/**
 * What a tenant's people have behind and before them. A stored shape: the journal holds these objects as they are, so
 * that a changed one needs a new name beside the old one.
 */

/** After how much of being asked somebody registers a method without being made to. */
export const TEMPERAMENTS = ['prompt', 'reminder', 'lastCall', 'manager', 'ignores'] as const;
export type Temperament = (typeof TEMPERAMENTS)[number];

/** How lively a tenant is. Chances are per person; the shares of the temperaments are weights. */
export type LifeOptions = {
  temperaments: Record<Temperament, number>;
  /** That somebody loses the phone on a workday. */
  losesPhonePerDay: number;
  /** That somebody travels within a span of four weeks. */
  travelsPerMonth: number;
  /** That somebody who reads about MFA asks the help desk. */
  asksPerMessage: number;
  /** Share of the people who have no phone for work: they need a security key. */
  withoutPhone: number;
};

export const DEFAULT_LIFE: LifeOptions = {
  temperaments: { prompt: 40, reminder: 25, lastCall: 15, manager: 12, ignores: 8 },
  losesPhonePerDay: 0.001,
  travelsPerMonth: 0.08,
  asksPerMessage: 0.015,
  withoutPhone: 0.02,
};

/** Why somebody does not get in. */
export type LockReason = 'lostPhone' | 'noPhone' | 'mayNotRegister' | 'blocked' | 'legacyClient';

/** What is known of one person beyond the seed. */
export type PersonLife = {
  /** Messages about MFA that the person has read, and how often the manager spoke to the person. */
  read: number;
  nudged: number;
  /** The last MFA that the person answered: sessions carry it. */
  mfaAt: number | null;
  phoneLostAt: number | null;
  locked: { since: number; reason: LockReason } | null;
};

export const NOTHING_YET: PersonLife = { read: 0, nudged: 0, mfaAt: null, phoneLostAt: null, locked: null };

/** A program that signs in as somebody and can show nobody a prompt; how often, by the log before life began. */
export type LegacyClient = {
  id: string;
  userId: string;
  appId: string;
  appName: string;
  client: string;
  isRopc: boolean;
  ipAddress: string | null;
  perDay: number;
  /** Whether it ever got in before life began: nobody misses what never worked. */
  worked: boolean;
};

/** How far the mending of a program is: somebody has learnt of it, and then it is done. */
export type Mending = { learntAt: number; mendedAt: number | null };

/** Something that is going to happen. Its key is the same however the time until then is cut into steps. */
export type Due = { at: number; key: string; userId: string; deed: DueDeed };

export type DueDeed =
  | { kind: 'read'; reports: string[]; tries: number }
  | { kind: 'enrol'; why: 'asked' | 'prompted' | 'newPhone' | 'securityKey'; tries: number }
  | { kind: 'retry'; index: number }
  | { kind: 'nudge'; managerId: string }
  | { kind: 'ticket'; about: TicketAbout; clientId: string | null }
  | { kind: 'learn'; clientId: string }
  | { kind: 'mend'; clientId: string };

export type TicketAbout = 'lostPhone' | 'noPhone' | 'mayNotRegister' | 'blocked' | 'legacyClient' | 'question';

/** Something that happened, for reading; sign-ins are in the log and only counted here. */
export type Happening = {
  at: number;
  userId: string;
  what:
    | 'enrolled'
    | 'lostPhone'
    | 'lockedOut'
    | 'gotInAgain'
    | 'ticket'
    | 'read'
    | 'passedOn'
    | 'learntOfClient'
    | 'mendedClient';
  detail: string | null;
};

/** How much of what others wrote has been looked at: lengths of lists, the id of the PSA's last record. */
export type Seen = { mails: number; deliveries: number; activities: number; records: number };

export type LifeState = {
  livedUntil: number;
  seen: Seen;
  people: Record<string, PersonLife>;
  clients: LegacyClient[];
  mending: Record<string, Mending>;
  /** People without a place in HR who are in the log: sign-ins on a workday. */
  visitors: Record<string, number>;
  due: Record<string, Due>;
  log: Happening[];
  signIns: { interactive: number; background: number; failed: number };
};

/** What a stretch of life has changed. */
export type LifeEvent =
  | { type: 'life.began'; life: LifeState }
  | {
      type: 'life.lived';
      until: number;
      seen: Seen;
      people: Record<string, PersonLife>;
      mending: Record<string, Mending>;
      dueAdded: Due[];
      dueGone: string[];
      log: Happening[];
      signIns: LifeState['signIns'];
    };

/** What a stretch of life leaves of the one before it. */
export function livedOn(before: LifeState, event: Extract<LifeEvent, { type: 'life.lived' }>): LifeState {
  const gone = new Set(event.dueGone);
  const due = Object.fromEntries(Object.entries(before.due).filter(([key]) => !gone.has(key)));
  for (const one of event.dueAdded) due[one.key] = one;
  return {
    ...before,
    livedUntil: event.until,
    seen: event.seen,
    people: { ...before.people, ...event.people },
    mending: { ...before.mending, ...event.mending },
    due,
    log: [...before.log, ...event.log],
    signIns: event.signIns,
  };
}
