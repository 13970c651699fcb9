import type { Command } from 'commander';
import { z } from 'zod';
import type { App } from '../compose.ts';
import { AppError } from '../lib/errors.ts';
import type { Actor } from '../rollout/access/access.core.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { AnswerKind, HoldoutAnswer } from '../rollout/holdouts/holdout-types.core.ts';
import type { AnswerOutcome, ListedHoldout } from '../rollout/holdouts/holdouts.ts';
import type { PhasePerson } from '../rollout/phases/phase-types.core.ts';
import { actingAs, directoryId } from './acting.ts';
import type { Backend } from './backend.ts';
import { type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, minuteText, table } from './output.ts';
import { given } from './request.ts';

const answering = oneCustomer.extend({
  account: z.string().trim().min(1),
  as: z.string().trim().min(1),
  tenant: directoryId.optional(),
  remind: z.boolean().optional(),
  onLeave: z.string().optional(),
  token: z.boolean().optional(),
  extend: z.string().optional(),
  tap: z.boolean().optional(),
});

type Answering = z.output<typeof answering>;

/** The commands about who still has to enrol, and what managers answered. */
export const HOLDOUT_OPERATIONS: OperationTable = {
  holdouts: operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const holdouts = await app.holdouts.list(customer);
    const proposals = await app.holdouts.proposals(customer);
    const json = { customer: { id: customer.id, name: customer.name }, holdouts, proposals };
    return { json, text: listText(customer, holdouts) };
  }),
  'holdouts answer': operation(answering, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const people = await app.phases.people(customer);
    const actor = await actorOf(app, customer, { people, input });
    const { kind, until } = wishOf(input);
    const accountId = accountOf(people, input.account);
    return outcomeAnswer(await app.holdouts.answer(customer, actor, { accountId, kind, until, seen: null }));
  }),
};

/** Adds `holdouts` and `holdouts answer`. */
export function addHoldouts(program: Command, backend: Backend): void {
  const holdouts = program.command('holdouts').description('people who still have to enrol shortly before their day');
  holdouts
    .command('list [customer]', { isDefault: true })
    .description('each with the manager who was asked, the step, the answer and when the own methods were read')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('holdouts', given({ customer })));
    });
  holdouts
    .command('answer <account> [customer]')
    .description('answer about one of them as the manager, an engineer or the helpdesk')
    .requiredOption('--as <who>', 'name, sign-in name or object id of whoever answers')
    .option('--tenant <id>', 'the tenant of that identity, where several have it')
    .option('--remind', 'send one more reminder now; one a day')
    .option('--on-leave <day>', 'propose to leave the person out until this day, absent, YYYY-MM-DD')
    .option('--extend <day>', 'propose to leave the person out until this day, YYYY-MM-DD')
    .option('--token', 'ask the helpdesk for a hardware token')
    .option('--tap', 'ask the helpdesk for a Temporary Access Pass')
    .action(async (account: string, customer: string | undefined, options: object) => {
      backend.print(await backend.operate('holdouts answer', given({ ...options, customer, account })));
    });
}

function wishOf({ remind, onLeave, token, extend, tap }: Answering): { kind: AnswerKind; until: string | null } {
  const wishes: { kind: AnswerKind; until: string | null }[] = [
    ...(remind === true ? [{ kind: 'remindNow' as const, until: null }] : []),
    ...(onLeave === undefined ? [] : [{ kind: 'onLeave' as const, until: onLeave }]),
    ...(token === true ? [{ kind: 'needsToken' as const, until: null }] : []),
    ...(extend === undefined ? [] : [{ kind: 'extend' as const, until: extend }]),
    ...(tap === true ? [{ kind: 'tapRequest' as const, until: null }] : []),
  ];
  const [wish] = wishes;
  if (wish !== undefined && wishes.length === 1) return wish;
  const userMessage = 'Give exactly one of --remind, --on-leave DAY, --extend DAY, --token and --tap.';
  throw new AppError('usage', userMessage, { userMessage });
}

function accountOf(people: readonly PhasePerson[], named: string): string {
  const wanted = named.toLowerCase();
  const names = ({ accountId, userPrincipalName, mail }: PhasePerson) => [accountId, userPrincipalName, mail];
  return people.find((person) => names(person).some((name) => name?.toLowerCase() === wanted))?.accountId ?? wanted;
}

type Acting = { people: readonly PhasePerson[]; input: Answering };

/** A manager stands in no grant: what he may do follows from the master list. */
async function actorOf(app: App, customer: Customer, { people, input }: Acting): Promise<Actor> {
  try {
    return await actingAs(app, customer, { as: input.as, tenant: input.tenant });
  } catch (error) {
    const objectId = accountOf(people, input.as);
    const person = people.find(({ accountId }) => accountId === objectId);
    const isNobody = person === undefined || (input.tenant ?? customer.id) !== customer.id;
    if (!(error instanceof AppError) || error.code !== 'not_granted' || isNobody) throw error;
    const actor = await app.access.actorOf({ tenantId: customer.id, objectId }, customer.id);
    return { ...actor, displayName: person.displayName };
  }
}

function listText(customer: Customer, holdouts: readonly ListedHoldout[]): string {
  if (holdouts.length === 0) return `${customer.name} has no holdouts: nobody is due and missing.`;
  const rows = holdouts.map((one) => [
    one.displayName,
    one.phase,
    one.standing === 'open' ? one.step : one.standing,
    one.managerName ?? `engineer (${one.why?.code ?? 'nobody above'})`,
    one.steps.at(-1)?.way ?? 'not chased yet',
    answerText(one.answer ?? one.reminded),
    one.problem ?? one.readAt?.slice(0, 16) ?? 'not read yet',
  ]);
  const proposed = holdouts.filter(({ standing, proposal }) => standing === 'open' && proposal !== null).length;
  const lines = [table(['person', 'phase', 'step', 'asked', 'by', 'answer', 'methods read'], rows)];
  if (proposed > 0) lines.push(`${proposed} proposed until a day: each counts once the approver signs it.`);
  return lines.join('\n');
}

function answerText(answer: HoldoutAnswer | null): string {
  if (answer === null) return '';
  return answer.until === null ? answer.kind : `${answer.kind} until ${answer.until}`;
}

function outcomeAnswer(outcome: AnswerOutcome): Answer {
  switch (outcome.outcome) {
    case 'refused':
      return { json: outcome, text: '', refusal: { code: outcome.code, message: outcome.message.en } };
    case 'over':
      return { json: outcome, text: `Nothing to do: ${outcome.why.en}` };
    case 'already': {
      const { displayName, at } = outcome.answer;
      return { json: outcome, text: `Answered already by ${displayName ?? 'somebody'} on ${minuteText(at)}.` };
    }
    case 'recorded':
      return {
        json: outcome,
        text: [`Noted: ${answerText(outcome.answer)}.`, outcome.note?.en ?? ''].join(' ').trim(),
      };
  }
}
