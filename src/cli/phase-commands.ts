import type { Command } from 'commander';
import { z } from 'zod';
import { AppError } from '../lib/errors.ts';
import type { PhaseDecisionOutcome, PhaseReview } from '../rollout/approvals/phase-approval-types.ts';
import type { Sentence } from '../rollout/phases/phase-types.core.ts';
import type { MembersAnswer } from '../rollout/policy/members/members.ts';
import { actingAs, directoryId } from './acting.ts';
import type { Backend } from './backend.ts';
import { type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, minuteText, table } from './output.ts';
import { given } from './request.ts';

const acting = oneCustomer.extend({ as: z.string().trim().min(1), tenant: directoryId.optional() });
const showing = acting.extend({ phase: z.string().min(1), anyway: z.string().optional() });
const deciding = showing.extend({
  verdict: z.enum(['approve', 'hold', 'resume', 'rollBack']),
  digest: z.string(),
  seen: z.string().optional(),
});
const signing = acting.extend({ digest: z.string().min(1) });
const keeping = oneCustomer.extend({ plan: z.boolean().optional() });

/** The commands that decide about phases, sign exceptions and bring memberships up to date. */
export const PHASE_OPERATIONS: OperationTable = {
  'phase show': operation(showing, async ({ app }, { customer: named, phase, anyway, ...who }) => {
    const customer = await app.customers.find(named);
    const actor = await actingAs(app, customer, { as: who.as, tenant: who.tenant });
    const past = await app.signIns.past(customer, phase);
    const first = await app.approvals.review(customer, actor, { phase });
    if (anyway === undefined) return reviewAnswer(first, past);
    return reviewAnswer(await app.approvals.review(customer, actor, { phase, anyway: namedIn(anyway, first) }), past);
  }),
  'phase decide': operation(deciding, async ({ app }, { customer: named, anyway, as, tenant, ...press }) => {
    const customer = await app.customers.find(named);
    const actor = await actingAs(app, customer, { as, tenant });
    if (anyway === undefined) return outcomeAnswer(await app.approvals.decide(customer, actor, press));
    const shown = await app.approvals.review(customer, actor, { phase: press.phase });
    return outcomeAnswer(await app.approvals.decide(customer, actor, { ...press, anyway: namedIn(anyway, shown) }));
  }),
  'exceptions sign': operation(signing, async ({ app }, { customer: named, digest, as, tenant }) => {
    const customer = await app.customers.find(named);
    const outcome = await app.signOff.sign(customer, await actingAs(app, customer, { as, tenant }), digest);
    if (outcome.outcome === 'recorded' || outcome.outcome === 'already') {
      const { displayName, by, at } = outcome.decision;
      return { json: outcome, text: `Signed by ${displayName ?? by.objectId}, ${minuteText(at)}.` };
    }
    return refusedAnswer(outcome, outcome.outcome === 'stale' ? 'exceptions_changed' : outcome.code);
  }),
  'policy members': operation(keeping, async ({ app }, { customer: named, plan }) => {
    const customer = await app.customers.find(named);
    return membersAnswer(await (plan === true ? app.members.plan(customer) : app.members.run(customer)), plan === true);
  }),
};

/** Adds `phase show|approve|hold|resume|roll-back`, `exceptions sign` and `policy members`. */
export function addPhases(program: Command, backend: Backend): void {
  const phase = program.command('phase').description('one phase: who it is for, what is in its way, and its decisions');
  const named = (command: Command) =>
    command
      .requiredOption(
        '--as <person>',
        'who acts: name, sign-in name or object id of somebody with a role at the customer',
      )
      .option(
        '--tenant <id>',
        'the tenant that person is at home in, where the id stands in the grants more than once',
      );
  const anyway = ['--anyway <accounts>', 'people enforced although not ready: ids with commas, or all-shown'] as const;
  named(phase.command('show <name> [customer]').description('the phase as it is put before whoever approves it'))
    .option(...anyway)
    .action(async (name: string, customer: string | undefined, options: object) => {
      backend.print(await backend.operate('phase show', given({ ...options, customer, phase: name })));
    });
  for (const [verb, verdict] of VERBS) {
    named(phase.command(`${verb} <name> [customer]`).description(`${verb} the phase that you were shown`))
      .requiredOption('--digest <digest>', 'the digest you were shown')
      .option('--seen <decision>', 'the decision that stood beside it, to lift a hold')
      .option(...anyway)
      .action(async (name: string, customer: string | undefined, options: object) => {
        backend.print(await backend.operate('phase decide', given({ ...options, customer, phase: name, verdict })));
      });
  }
  const exceptions = program.commands.find((command) => command.name() === 'exceptions');
  if (exceptions !== undefined) {
    named(exceptions.command('sign [customer]').description('sign the exception table that you were shown'))
      .requiredOption('--digest <digest>', 'the digest you were shown')
      .action(async (customer: string | undefined, options: object) => {
        backend.print(await backend.operate('exceptions sign', given({ ...options, customer })));
      });
  }
  program.commands
    .find((command) => command.name() === 'policy')
    ?.command('members [customer]')
    .description('bring the memberships of our groups to what is signed and known; writes no policy')
    .option('--plan', 'only say what would change, and why')
    .action(async (customer: string | undefined, options: object) => {
      backend.print(await backend.operate('policy members', given({ ...options, customer })));
    });
}

const VERBS = [
  ['approve', 'approve'],
  ['hold', 'hold'],
  ['resume', 'resume'],
  ['roll-back', 'rollBack'],
] as const;

/** `all-shown` is everybody whom the review shows as not ready; nobody else is named by it. */
function namedIn(anyway: string, { people }: PhaseReview): string[] {
  const notReady = people.filter(({ readiness, effect }) => readiness === 'notReady' && effect === 'asked');
  if (anyway === 'all-shown') return notReady.map(({ accountId }) => accountId);
  const ids = anyway
    .split(',')
    .map((id) => id.trim().toLowerCase())
    .filter((id) => id !== '');
  if (ids.length > 0) return ids;
  throw new AppError('usage', '--anyway needs account ids with commas between them, or all-shown');
}

function reviewAnswer(review: PhaseReview, past: Sentence | null): Answer {
  const { phase, state, digest, refusal, counts, missing, approvals, gates, people } = review;
  const lines = [
    `${phase}: ${state}. ${counts.asked} people would be asked for MFA, ${counts.already} are already, ${counts.exempt} are exempt, ${counts.notReady} are not ready.`,
    ...(review.together.length === 0 ? [] : [togetherLine(review.together)]),
    refusal === null ? `Digest: ${digest ?? '-'}` : `Nothing to approve (${refusal.code}): ${refusal.message}`,
    ...(past === null ? [] : [`The past: ${past.en}`]),
    ...gates.map(({ message, clear }) => `In the way: ${message.en} ${clear.en}`),
    ...approvals.map(({ displayName, by, at }) => `Approved by ${displayName ?? by.objectId}, ${minuteText(at)}`),
    ...(review.waits ? ['Ready; it waits for the last step, and nobody approves it by itself.'] : []),
    missing.length === 0 ? 'Nobody’s approval is missing.' : `Still to approve: ${missing.join(', ')}`,
    ...(review.latest === null ? [] : [`Newest decision: ${review.latest.id} (${review.latest.verdict})`]),
  ];
  const rows = people.map((one) => [one.displayName, one.effect, one.readiness, one.anyway ? 'yes' : '', one.why]);
  const list = rows.length === 0 ? [] : ['', table(['person', 'effect', 'ready', 'anyway', 'why'], rows)];
  return { json: { ...review, past }, text: [...lines, ...list].join('\n') };
}

function togetherLine(phases: readonly string[]): string {
  return `It takes the place of Security Defaults, for everybody at once; enforced with it: ${phases.join(', ')}.`;
}

function outcomeAnswer(outcome: PhaseDecisionOutcome): Answer {
  switch (outcome.outcome) {
    case 'recorded': {
      const { decision, missing } = outcome;
      const open = missing.length === 0 ? '' : ` Still to approve: ${missing.join(', ')}.`;
      return { json: outcome, text: `${decision.phase}: ${decision.verdict}, ${minuteText(decision.at)}.${open}` };
    }
    case 'already':
      return { json: outcome, text: `Nothing changed. ${outcome.message}` };
    case 'stale':
      return refusedAnswer(outcome, 'phase_changed');
    case 'refused':
      return refusedAnswer(outcome, outcome.code);
  }
}

function refusedAnswer(outcome: { message: string }, code: string): Answer {
  return { json: outcome, text: '', refusal: { code, message: outcome.message } };
}

function membersAnswer(answer: MembersAnswer, isPlan: boolean): Answer {
  const { held, changes, findings, skipped } = answer;
  if (skipped !== null) return { json: answer, text: skipped.en };
  const rows = [
    ...changes.map((one) => [one.key, one.do, one.accountId, one.why.en]),
    ...findings.map((one) => [one.key, one.what, one.accountId, one.why.en]),
  ];
  const head =
    changes.length === 0
      ? 'No membership changes.'
      : `${changes.length} memberships ${isPlan ? 'would change' : 'changed'}.`;
  const text = [head, ...(rows.length === 0 ? [] : [table(['group', 'what', 'account', 'why'], rows)])].join('\n');
  if (held === null) return { json: answer, text };
  return { json: answer, text, refusal: { code: held.code, message: held.message.en } };
}
