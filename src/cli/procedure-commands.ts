import type { Command } from 'commander';
import { z } from 'zod';
import type { App } from '../compose.ts';
import { AppError } from '../lib/errors.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { Rollout } from '../rollout/phases/phase-types.core.ts';
import { suggestPhases } from '../rollout/phases/procedure.core.ts';
import { parseProcedureFile, procedureFileText, procedureSchema } from '../rollout/phases/procedure-file.ts';
import type { Backend } from './backend.ts';
import { readTextFile } from './files.ts';
import { actorAtCommandLine, type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, table } from './output.ts';
import { given } from './request.ts';

const calendarDay = z.iso.date('a calendar day such as 2027-01-31');

const applying = oneCustomer.extend({
  path: z.string(),
  text: z.string(),
  start: calendarDay,
  deadline: calendarDay,
  check: z.boolean(),
});

/** The commands about the procedure of a rollout. */
export const PROCEDURE_OPERATIONS: OperationTable = {
  'procedure export': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const rollout = await app.phases.current(customer.id);
    const procedure = rollout?.procedure ?? (await suggested(app, customer));
    return { json: { procedure, suggested: rollout === null }, text: procedureFileText(procedure).trimEnd() };
  }),
  'procedure apply': operation(applying, async ({ app }, { customer: named, path, text, check, ...days }) => {
    const customer = await app.customers.find(named);
    const plan = { procedure: parseProcedureFile(text, path), startsOn: days.start, deadline: days.deadline };
    if (check) return checkAnswer(await app.phases.plan(customer, plan));
    const rollout = await app.phases.begin(customer, plan, actorAtCommandLine());
    const next = 'Next: review the policy draft, whose groups follow the phases: mfa-rollout policy draft';
    return { json: { rollout }, text: `${customer.name}: ${rollout.procedure.name}\n${phasesText(rollout)}\n${next}` };
  }),
  'procedure stop': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const rollout = await app.phases.stop(customer, actorAtCommandLine());
    return {
      json: { rollout },
      text: 'The rollout is stopped. What is enforced stays enforced; nobody is written to any more.',
    };
  }),
};

/** Adds `procedure export|apply|stop`. */
export function addProcedure(program: Command, backend: Backend): void {
  const procedure = program
    .command('procedure')
    .description('the phases of a rollout, as a file that the next customer can use');
  procedure
    .command('export [customer]')
    .description('the procedure of the rollout; before there is one, a proposal from the departments')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('procedure export', given({ customer })));
    });
  procedure
    .command('apply <file> [customer]')
    .description('begin a rollout by this procedure file')
    .requiredOption('--start <day>', 'the day on which it begins, such as 2027-01-11')
    .requiredOption('--deadline <day>', 'the insurer’s day')
    .option('--check', 'only say on which days it would fall and what speaks against it', false)
    .action(async (file: string, customer: string | undefined, options: object) => {
      const input = given({ ...options, customer, path: file, text: readTextFile(file) });
      backend.print(await backend.operate('procedure apply', input));
    });
  procedure
    .command('stop [customer]')
    .description('end the rollout before its time; changes nothing in the tenant')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('procedure stop', given({ customer })));
    });
}

async function suggested(app: App, customer: Customer) {
  const people = await app.phases.people(customer);
  if (people.length === 0) {
    const userMessage = 'Nobody is on the master list yet, so no phase can be proposed. Run: mfa-rollout sync';
    throw new AppError('nobody_known', userMessage, { userMessage });
  }
  return procedureSchema.parse({
    version: 1,
    name: `MFA at ${customer.name}`.slice(0, 100),
    phases: suggestPhases(people),
  });
}

/** The phases of a rollout with their days and states, one line each. */
export function phasesText({ phases }: Pick<Rollout, 'phases'>): string {
  return table(
    ['phase', 'state', 'enforced on', 'closed gates'],
    phases.map(({ name, state, enforceOn, enforcedAt, gates }) => [
      name,
      state,
      enforcedAt?.slice(0, 10) ?? `planned ${enforceOn}`,
      gates.map(({ code }) => code).join(', '),
    ]),
  );
}

function checkAnswer({ phases, mistakes }: Awaited<ReturnType<App['phases']['plan']>>): Answer {
  const text = table(
    ['phase', 'enforced on'],
    phases.map(({ name, enforceOn }) => [name, enforceOn]),
  );
  const [first] = mistakes;
  if (first === undefined) return { json: { phases, mistakes }, text };
  const message = mistakes.map((one) => one.message.en).join('\n');
  return { json: { phases, mistakes }, text, refusal: { code: first.code, message } };
}
