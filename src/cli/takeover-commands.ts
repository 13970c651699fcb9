import { type Command, Option } from 'commander';
import { z } from 'zod';
import { AppError } from '../lib/errors.ts';
import type { TakeoverDecided } from '../rollout/takeover/takeover-decide.ts';
import type { TakeoverReview } from '../rollout/takeover/takeover-review.ts';
import type { UndoneAll } from '../rollout/takeover/undo-moves.ts';
import { actingAs, directoryId } from './acting.ts';
import type { Backend } from './backend.ts';
import { actorAtCommandLine, type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, minuteText, table } from './output.ts';
import { given } from './request.ts';

const deciding = oneCustomer.extend({
  digest: z.string().min(1),
  verdict: z.enum(['approve', 'hold']),
  as: z.string().trim().min(1),
  tenant: directoryId.optional(),
});
const undoing = oneCustomer.extend({ acceptLeft: z.boolean().optional() });

/** The commands that take old MFA out, put it back, and undo everything. */
export const TAKEOVER_OPERATIONS: OperationTable = {
  'takeover show': operation(oneCustomer, async ({ app }, { customer: named }) =>
    reviewAnswer(await app.takeover.show(await app.customers.find(named))),
  ),
  'takeover decide': operation(deciding, async ({ app }, { customer: named, as, tenant, ...press }) => {
    const customer = await app.customers.find(named);
    return decidedAnswer(await app.takeover.decide(customer, await actingAs(app, customer, { as, tenant }), press));
  }),
  'takeover run': operation(oneCustomer, async ({ app, onProgress }, { customer: named }) => {
    const customer = await app.customers.find(named);
    onProgress('reading the tenant, then removing step by step; policies are written once a second at most');
    return reviewAnswer(await app.takeover.run(customer, actorAtCommandLine()));
  }),
  'takeover undo': operation(oneCustomer, async ({ app, onProgress }, { customer: named }) => {
    const customer = await app.customers.find(named);
    onProgress('putting back, the last one first');
    return reviewAnswer(await app.takeover.undo(customer, actorAtCommandLine()));
  }),
  'undo everything': operation(undoing, async ({ app, onProgress }, { customer: named, acceptLeft = false }) => {
    const customer = await app.customers.find(named);
    onProgress('putting the old MFA back, then taking phases, policies and groups out');
    return undoneAnswer(await app.undoEverything.undo(customer, actorAtCommandLine(), { acceptLeft }));
  }),
};

type Wish = {
  plan?: boolean;
  run?: boolean;
  undo?: boolean;
  approve?: string;
  hold?: string;
  as?: string;
  tenant?: string;
};

/** Adds `policy takeover --plan|--run|--undo|--approve|--hold` and `undo --everything`. */
export function addTakeover(program: Command, backend: Backend): void {
  program.commands
    .find((command) => command.name() === 'policy')
    ?.command('takeover [customer]')
    .description('take MFA out of old policies and per-user MFA, once everyone is enforced; put it back')
    .addOption(new Option('--plan', 'what has to stand first, what would go, what stays and why (default)'))
    .addOption(
      new Option('--run', 'run the plan that two people approved').conflicts(['plan', 'undo', 'approve', 'hold']),
    )
    .addOption(new Option('--undo', 'put every original back').conflicts(['plan', 'approve', 'hold']))
    .addOption(new Option('--approve <digest>', 'approve the plan that you were shown').conflicts(['plan', 'hold']))
    .addOption(new Option('--hold <digest>', 'void what was approved, and stop a takeover under way').conflicts('plan'))
    .option('--as <person>', 'who decides: name, sign-in name or object id of somebody with a role at the customer')
    .option('--tenant <id>', 'the tenant that person is at home in, where the id stands in the grants more than once')
    .action(async (customer: string | undefined, wish: Wish) => {
      backend.print(await takeover(backend, customer, wish));
    });
  program
    .command('undo [customer]')
    .description('take everything back that this product did in the tenant')
    .requiredOption('--everything', 'the takeover, then the phases, then every push')
    .option('--accept-left', 'go on although an old policy could not be put back')
    .action(async (customer: string | undefined, { acceptLeft }: { acceptLeft?: boolean }) => {
      backend.print(await backend.operate('undo everything', given({ customer, acceptLeft })));
    });
}

function takeover(backend: Backend, customer: string | undefined, wish: Wish): Promise<Answer> {
  const { run, undo, approve, hold, as, tenant } = wish;
  if (run === true) return backend.operate('takeover run', given({ customer }));
  if (undo === true) return backend.operate('takeover undo', given({ customer }));
  const digest = approve ?? hold;
  if (digest === undefined) return backend.operate('takeover show', given({ customer }));
  if (as === undefined) throw new AppError('usage', '--approve and --hold need --as <person>');
  const verdict = approve === undefined ? 'hold' : 'approve';
  return backend.operate('takeover decide', given({ customer, digest, verdict, as, tenant }));
}

function reviewAnswer(review: TakeoverReview): Answer {
  const { state, digest, first, steps, left, kept, missing, approvals, failure, overRails, moved } = review;
  const lines = [
    state === null ? `${steps.length} steps planned, ${moved} people would lose per-user MFA.` : `Takeover: ${state}.`,
    ...(failure === null ? [] : [`${failure.code}: ${failure.message}`]),
    ...first.map(({ message, clear }) => `First: ${message.en} ${clear.en}`),
    ...(overRails && state === null ? [`More people than the rails allow: its two approvals let it.`] : []),
    ...(digest === null ? [] : [`Digest: ${digest}`]),
    ...approvals.map(({ displayName, by, at }) => `Approved by ${displayName ?? by.objectId}, ${minuteText(at)}`),
    ...(missing.length === 0 ? [] : [`Still to approve: ${missing.join(', ')}`]),
  ];
  const tables = [
    listed(
      ['step', 'does', 'way back', 'state', 'why'],
      steps.map((one) => [one.step, one.does.en, one.undo.en, one.state, one.why ?? methodsOf(one)]),
    ),
    listed(
      ['left as it is', 'why not more'],
      left.map(({ name, reasons }) => [name, reasons.map(({ text }) => text.en).join(' ')]),
    ),
    listed(
      ['keeps per-user MFA', 'why'],
      kept.map(({ displayName, why }) => [displayName, why.en]),
    ),
  ];
  return { json: review, text: [...lines, ...tables].join('\n') };
}

function methodsOf({ methods }: TakeoverReview['steps'][number]): string {
  return methods === null ? '' : `methods before ${methods.before}, after ${methods.after}`;
}

function listed(head: string[], rows: string[][]): string {
  return rows.length === 0 ? '' : `\n${table(head, rows)}`;
}

function decidedAnswer(decided: TakeoverDecided): Answer {
  switch (decided.outcome) {
    case 'recorded': {
      const open = decided.missing.length === 0 ? '' : ` Still to approve: ${decided.missing.join(', ')}.`;
      return { json: decided, text: `Recorded.${open}${decided.started ? ' The takeover has begun.' : ''}` };
    }
    case 'already':
      return { json: decided, text: decided.message };
    case 'stale':
      return refused(decided, 'takeover_changed');
    case 'refused':
      return refused(decided, decided.code);
  }
}

function refused(decided: { message: string }, code: string): Answer {
  return { json: decided, text: '', refusal: { code, message: decided.message } };
}

function undoneAnswer(undone: UndoneAll): Answer {
  const rows = undone.left.map(({ step, why }) => [step, why]);
  const head =
    undone.state === 'undone'
      ? 'Undone: the tenant is as it was at first contact.'
      : 'Not undone whole: something was left.';
  return { json: undone, text: [head, listed(['left', 'why'], rows)].join('\n') };
}
