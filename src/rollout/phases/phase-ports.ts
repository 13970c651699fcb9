import type { Tx } from '../../store/database.ts';
import type { Customer } from '../customers/customers.ts';
import type { Gate, Phase, PhasePerson, PhaseState, Rollout, Sentence } from './phase-types.core.ts';

/* What phases ask of other nouns, and what other nouns tell them. The nouns are put together in compose.ts. */

/** What a gate looks at: one phase at one moment, with the people on its list who are not carved out. */
export type GateContext = {
  customer: Customer;
  rollout: Rollout;
  phase: Phase;
  people: readonly PhasePerson[];
  now: Date;
};

/** Tells which gates are closed. What cannot be read is a closed gate, never an open one. Calls no vendor. */
export type GateSource = (context: GateContext) => Promise<readonly Gate[]>;

/** A phase went from one state to another; `phase` is how it stands now. */
export type PhaseChange = { customer: Customer; rollout: Rollout; phase: Phase; from: PhaseState; now: Date };

/** Hears of a change in the transaction that keeps it: saves rows and puts effects into the outbox, no more. */
export type PhaseListener = (tx: Tx, change: PhaseChange) => Promise<void>;

/**
 * How a flip or its way back ended; told in the transaction that completes the job. `together`: enforced with everybody,
 * not by itself. `returned`: taken back with the phase that it was enforced with. `kept`: to be taken out, and it cannot
 * be without leaving people with less than they had at first contact.
 */
export type FlipOutcome =
  | { kind: 'enforced'; phase: string; at: Date; together?: true }
  | { kind: 'withdrawn'; phase: string; at: Date; why: Sentence }
  | { kind: 'returned'; phase: string; at: Date }
  | { kind: 'kept'; phase: string; at: Date; code: string; message: Sentence }
  | { kind: 'refused'; phase: string; at: Date; code: string; message: Sentence };
