import type { App } from '../compose.ts';
import { AppError } from '../lib/errors.ts';
import type { Actor } from '../rollout/access/access.core.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import { isWaiting, REPLAY_BLOCKS } from '../rollout/phases/phase-life.core.ts';
import type { Phase } from '../rollout/phases/phase-types.core.ts';

/** The two people who decide in a rehearsal: the provider's engineer and the customer's approver. */
export type Deciders = { engineer: Actor; approver: Actor };

/** Finds them in the grants of the customer. Refuses with `rehearsal_broken` without one of them. */
export async function decidersOf(app: App, customer: Customer): Promise<Deciders> {
  const grants = await app.access.list(customer.id);
  const actor = async (role: 'engineer' | 'approver') => {
    const grant = grants.find((one) => one.role === role);
    if (grant === undefined) throw broken(`nobody has the role ${role}`);
    return app.access.actorOf(grant.identity, customer.id);
  };
  return { engineer: await actor('engineer'), approver: await actor('approver') };
}

/** Signs the exceptions as they are shown; false when they are signed already. */
export async function signAgain(app: App, customer: Customer, { approver }: Deciders): Promise<boolean> {
  await decideClasses(app, customer, approver);
  const { digest, signature } = await app.signOff.review(customer, approver);
  if (signature.state === 'signed') return false;
  const outcome = await app.signOff.sign(customer, approver, digest);
  if (outcome.outcome !== 'recorded') throw broken(`the exceptions were not signed: ${outcome.outcome}`);
  return true;
}

/** Guests are enforced; rooms and devices, whom nobody can ask for a second factor, are left out until a review. */
async function decideClasses(app: App, customer: Customer, approver: Actor): Promise<void> {
  for (const view of await app.classes.list(customer)) {
    if (view.state !== 'undecided') continue;
    const verdict = view.class === 'guest' ? ('enforce' as const) : ('carveOut' as const);
    const reviewAt = new Date(app.clock.now() + CLASS_REVIEW_MS).toISOString().slice(0, 10);
    const reason = verdict === 'enforce' ? 'guests answer MFA like everybody' : 'nobody is there to answer MFA';
    const given = { class: view.class, verdict, reason, reviewAt, digest: view.digest };
    const outcome = await app.classes.decide(customer, approver, given);
    if (outcome.outcome === 'refused') throw broken(`a class was not decided: ${outcome.code}`);
  }
}

/** Longer than any rehearsal. */
const CLASS_REVIEW_MS = 180 * 86_400_000;

/** Approves the draft as it is drawn; gives its digest. */
export async function approveDraft(app: App, customer: Customer, { engineer }: Deciders): Promise<string> {
  const { digest } = await app.drafts.review(customer, engineer);
  const outcome = await app.drafts.decide(customer, engineer, { digest, verdict: 'approved' });
  if (outcome.outcome !== 'recorded') throw broken(`the draft was not approved: ${JSON.stringify(outcome)}`);
  return digest;
}

/**
 * Both approve every phase that is ready on its day. Whoever cannot answer yet is named to be enforced anyway, as people do on the
 * last day; who that is stands in the approval. Gives the names of the phases approved now.
 */
export async function approveReady(
  app: App,
  customer: Customer,
  { today, ...deciders }: Deciders & { today: string },
): Promise<string[]> {
  const rollout = await app.phases.current(customer.id);
  const approved: string[] = [];
  const ready = (rollout?.phases ?? []).filter(
    (phase) => phase.state === 'ready' && phase.enforceOn <= today && !isWaiting(phase),
  );
  for (const { name } of ready) {
    if (await approvePhase(app, customer, { ...deciders, phase: name })) approved.push(name);
  }
  return approved;
}

/** The engineer lets phases that were rolled back begin their window again; gives their names. */
export function resumeRolledBack(app: App, customer: Customer, { engineer }: Deciders): Promise<string[]> {
  return holdAndResume(app, customer, { engineer, isMeant: ({ state }) => state === 'rolledBack' });
}

/** The engineer lets phases be announced of which the past says that some of their people would be blocked; gives their names. */
export function announceKnowingly(app: App, customer: Customer, { engineer }: Deciders): Promise<string[]> {
  const isMeant = ({ state, gates }: Phase) => state === 'planned' && gates.some(({ code }) => code === REPLAY_BLOCKS);
  return holdAndResume(app, customer, { engineer, isMeant });
}

type Resuming = { engineer: Actor; isMeant(phase: Phase): boolean };

async function holdAndResume(app: App, customer: Customer, { engineer, isMeant }: Resuming): Promise<string[]> {
  const rollout = await app.phases.current(customer.id);
  const resumed: string[] = [];
  for (const { name } of (rollout?.phases ?? []).filter(isMeant)) {
    for (const verdict of ['hold', 'resume'] as const) {
      const { digest, latest } = await app.approvals.review(customer, engineer, { phase: name });
      const press = { phase: name, verdict, digest: digest ?? '', seen: latest?.id ?? null };
      const outcome = await app.approvals.decide(customer, engineer, press);
      if (outcome.outcome === 'recorded' && verdict === 'resume') resumed.push(name);
    }
  }
  return resumed;
}

type Approval = Deciders & { phase: string };

async function approvePhase(app: App, customer: Customer, { engineer, approver, phase }: Approval): Promise<boolean> {
  const first = await app.approvals.review(customer, engineer, { phase, anyway: [] });
  const late = first.people.filter(({ effect, readiness }) => effect === 'asked' && readiness === 'notReady');
  const anyway = late.map(({ accountId }) => accountId);
  const { digest } = await app.approvals.review(customer, engineer, { phase, anyway });
  if (digest === null) return false;
  for (const actor of [engineer, approver]) {
    const outcome = await app.approvals.decide(customer, actor, { phase, anyway, digest, verdict: 'approve' });
    if (outcome.outcome !== 'recorded') return false;
  }
  return true;
}

function broken(message: string): AppError {
  return new AppError('rehearsal_broken', `the rehearsal cannot go on: ${message}`);
}
