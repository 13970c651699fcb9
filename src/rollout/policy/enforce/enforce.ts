import { z } from 'zod';
import type { Json } from '../../../lib/canonical-json.ts';
import type { Clock } from '../../../lib/clock.ts';
import { AppError } from '../../../lib/errors.ts';
import { dayOf } from '../../../lib/local-time.ts';
import type { Database } from '../../../store/database.ts';
import type { Tx } from '../../../store/transaction.ts';
import { defineJob, type JobKinds } from '../../../work/job.ts';
import { type Actor, journalActor } from '../../access/access.core.ts';
import { hasRoute } from '../../access-pass/access-pass.ts';
import type { Customer } from '../../customers/customers.ts';
import type { Sentence } from '../../phases/phase-types.core.ts';
import { endsSoon } from '../ends-soon.ts';
import type { PolicyPush } from '../push/push.ts';
import { readStored } from '../push/push-facts.ts';
import { KEPT } from '../security-defaults/security-defaults-save.ts';
import { SWITCH_TEXTS } from '../security-defaults/security-defaults-texts.core.ts';
import { inTurn } from '../writing-turn.ts';
import {
  approvalDigest,
  type EnforcedPhase,
  type FlipPhase,
  type FlipPlan,
  type FlipRefusal,
  isSamePhase,
} from './enforce.core.ts';
import {
  lastRefusedWithdrawal,
  lastWithdrawn,
  readEnforced,
  readOpenFlips,
  readStandingFlips,
} from './enforce.store.ts';
import { enqueueEnforce, enqueueWithdraw, type FlipAsked, type FlipRequest } from './enforce-ask.ts';
import { effectOver, planOver, storedAsWritten, withMembers, writtenEnforce } from './enforce-facts.ts';
import { newlyAsked } from './enforce-gates.core.ts';
import { runEnforce } from './enforce-job.ts';
import type { EnforcementDeps } from './enforce-run.ts';
import { runWithdraw } from './enforce-withdraw.ts';

/** What enforcing a phase would do, by what is stored: nothing was asked of the tenant. */
export type FlipPreview = {
  digest: string;
  plan: Pick<FlipPlan, 'policyId' | 'groupId' | 'isFirst' | 'json'>;
  /** The phases that are enforced in the same step, where it takes the place of Security Defaults. */
  together: string[];
  /** Everybody it is for, by account id, and who of the phase is carved out. */
  users: string[];
  exempt: string[];
  /** Who would have to use MFA and need not now, or of whom that cannot be told. */
  newlyAsked: string[];
  /** Those of them who are not known to be able to answer, and hold no pass to register with. */
  unregistered: string[];
  /** Approvals from before then were for an enforcement that was taken back. */
  usedUpAt: string | null;
};

export type Enforcement = {
  kinds: JobKinds;
  /**
   * What enforcing a phase would do, with the digest that its approval is bound to. `anyway` names the people who are to
   * be enforced although they cannot answer. A refusal where there is nothing to plan.
   */
  preview(
    customer: Customer,
    actor: Actor,
    asked: { phase: FlipPhase; anyway: readonly string[] },
  ): Promise<FlipPreview | FlipRefusal>;
  /**
   * Puts the enforcement of an approved phase into the outbox in the caller's transaction. How it ended is told by
   * `outcome`: `enforced`, or `refused` with the code of the rule in the way.
   */
  askEnforce(tx: Tx, request: FlipRequest): Promise<FlipAsked>;
  /** Puts the way back into the outbox; an enforcement that has not begun is called off. Refuses nothing. */
  askWithdraw(tx: Tx, request: FlipRequest & { why: Sentence }): Promise<FlipAsked>;
  /** The phases that the enforcing policy reaches, in the order in which they were enforced. */
  enforced(customerId: string): Promise<EnforcedPhase[]>;
};

const payload = z.strictObject({ flip: z.number().int() });

/** A change waits for another one's end, and the way back for Graph: both longer than other jobs do. */
const RETRIES = 30;

/** Creates the jobs `phase.enforce` and `phase.withdraw` and what leads to them. */
export function createEnforcement(deps: EnforcementDeps): Enforcement {
  return {
    kinds: {
      'phase.enforce': defineJob({
        payload,
        retryLimit: RETRIES,
        handle: ({ flip }, job) => inTurn(deps, job, { work: () => runEnforce(deps, flip, job) }),
      }),
      'phase.withdraw': defineJob({
        payload,
        retryLimit: RETRIES,
        handle: ({ flip }, job) => inTurn(deps, job, { work: () => runWithdraw(deps, flip, job), writes: 'policies' }),
      }),
    },
    preview: (customer, actor, asked) => preview(deps, customer, { ...asked, actor }),
    askEnforce: enqueueEnforce,
    askWithdraw: enqueueWithdraw,
    enforced: (customerId) => deps.database.withCustomer(customerId, readEnforced),
  };
}

type Previewed = { phase: FlipPhase; anyway: readonly string[]; actor: Actor };

async function preview(
  deps: EnforcementDeps,
  customer: Customer,
  { phase, anyway, actor }: Previewed,
): Promise<FlipPreview | FlipRefusal> {
  const known = await readStored(deps, customer, journalActor(actor));
  const enforced = await deps.database.withCustomer(customer.id, readEnforced);
  const people = await deps.phases.people(customer);
  const phases = (await deps.phases.current(customer.id))?.phases ?? [];
  const { timeZone } = customer.settings;
  const today = dayOf(new Date(deps.clock.now()), timeZone);
  const basis = { live: writtenEnforce(known.owned), securityDefaults: known.stored.securityDefaults };
  const planned = planOver(basis, { known, phase, people, enforced, phases, today });
  if ('code' in planned) return planned;
  const { plan, scope, switching } = planned;
  const effect = effectOver(withMembers(storedAsWritten(known), plan.groupId, scope.members), plan);
  const asked = newlyAsked(effect);
  const able = new Set(effect.filter(({ canAnswer }) => canAnswer === 'yes').map(({ accountId }) => accountId));
  const { users, exempt } = scope;
  const { usedUpAt, routes } = await deps.database.withCustomer(customer.id, async (tx) => ({
    usedUpAt: await lastWithdrawn(tx, phase),
    routes: await hasRoute(tx, new Date(deps.clock.now())),
  }));
  // A pass that can be used is a way to register; whether it still can is read in the tenant before anything is written.
  const isStuck = (id: string) => !able.has(id) && !routes.has(id.toLowerCase());
  return {
    usedUpAt,
    digest: approvalDigest({ tenantId: customer.id, phase, plan, users, exempt, anyway, switching }),
    plan,
    together: (switching?.phases ?? []).map(({ name }) => name),
    ...{ users, exempt, newlyAsked: asked, unregistered: asked.filter(isStuck) },
  };
}

/**
 * The push, kept from undoing what phases have reached: while a phase is enforced or under way, pushing would bring the
 * enforcing policy back to report-only (S13). It refuses with `phases_enforced` then; undoing is always open.
 */
export function guardPush(database: Database, push: PolicyPush): PolicyPush {
  const requireNobody = async ({ id }: Customer) => {
    const inTheWay = await database.withCustomer(id, async (tx) => {
      const enforced = await readEnforced(tx);
      const open = (await readOpenFlips(tx)).filter(({ kind }) => kind === 'enforce').map(({ phase }) => phase);
      return [...enforced, ...open.filter((phase) => !enforced.some((one) => isSamePhase(one, phase)))];
    });
    if (inTheWay.length === 0) return;
    const names = inTheWay.map(({ name }) => name).join(', ');
    const userMessage = `Phases are enforced or about to be (${names}), and this would take MFA from their people. Roll them back first.`;
    throw new AppError('phases_enforced', userMessage, { userMessage });
  };
  return {
    ...push,
    push: async (customer, actor, digest) => {
      await requireNobody(customer);
      return push.push(customer, actor, digest);
    },
    begin: async (customer, actor, digest) => {
      await requireNobody(customer);
      return push.begin(customer, actor, digest);
    },
    beginUndo: async (customer, actor) => {
      await requireNobody(customer);
      return push.beginUndo(customer, actor);
    },
  };
}

export type ReleaseDeps = { database: Database; clock: Clock; signal: AbortSignal };

/**
 * Creates what takes every phase out of enforcement before a push is undone, the newest first: each by the way back of
 * phases, so that the rollout, its cards and its people hear of it. Resolves when Graph shows all of them out.
 */
export function createRelease({ database, clock, signal }: ReleaseDeps) {
  return async (customer: Customer, actor: Json): Promise<void> => {
    const at = new Date(clock.now());
    const standing = await database.withCustomer(customer.id, readStandingFlips);
    for (const { rolloutId, phase } of standing) {
      const request = { rolloutId, phase, actor, at, why: UNDONE };
      const { key } = await database.withCustomer(customer.id, (tx) => enqueueWithdraw(tx, request));
      while (!(await endsSoon(database, { customerId: customer.id, key }, signal))) {
        const flips = await database.withCustomer(customer.id, readOpenFlips);
        const trouble = flips.find(({ job }) => job === key)?.outcome;
        if (trouble != null) throw new AppError(trouble.code, trouble.message, { userMessage: trouble.message });
      }
      // Undoing goes no lower than first contact: without the policy and without Security Defaults nobody is protected.
      const { left, why } = await database.withCustomer(customer.id, async (tx) => ({
        left: await readEnforced(tx),
        why: await lastRefusedWithdrawal(tx, phase),
      }));
      if (left.some((one) => isSamePhase(one, phase))) {
        const userMessage = why ?? SWITCH_TEXTS.kept([]).en;
        throw new AppError(KEPT, userMessage, { userMessage });
      }
    }
  };
}

const UNDONE: Sentence = {
  en: 'The policies were taken back out of the tenant.',
  de: 'Die Richtlinien wurden aus dem Mandanten zurückgenommen.',
};
