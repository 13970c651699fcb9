import type { Command } from 'commander';
import { z } from 'zod';
import type { MoveOutcome } from '../rollout/phases/day-moves.ts';
import { actingAs, directoryId } from './acting.ts';
import type { Backend } from './backend.ts';
import { type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, table } from './output.ts';
import { given } from './request.ts';

const moving = oneCustomer.extend({
  as: z.string().trim().min(1),
  tenant: directoryId.optional(),
  to: z.iso.date('a calendar day such as 2027-01-31'),
  plan: z.boolean().optional(),
});
const movingPhase = moving.extend({ phase: z.string().min(1), withLater: z.boolean().optional() });

/** The commands that move the days of a running rollout. */
export const MOVE_OPERATIONS: OperationTable = {
  'procedure move': operation(moving, async ({ app }, { customer: named, as, tenant, ...ask }) => {
    const customer = await app.customers.find(named);
    return moveAnswer(await app.dayMoves.deadline(customer, await actingAs(app, customer, { as, tenant }), ask));
  }),
  'phase move': operation(movingPhase, async ({ app }, { customer: named, as, tenant, withLater, ...ask }) => {
    const customer = await app.customers.find(named);
    const actor = await actingAs(app, customer, { as, tenant });
    return moveAnswer(await app.dayMoves.phase(customer, actor, { ...ask, withLater: withLater === true }));
  }),
};

/** Adds `procedure move` and `phase move`; their nouns stand already. */
export function addMoves(program: Command, backend: Backend): void {
  const under = (noun: string) => program.commands.find((command) => command.name() === noun);
  const acted = (command: Command | undefined) =>
    command
      ?.requiredOption('--as <person>', 'who acts: name, sign-in name or object id of an engineer at the customer')
      .option('--tenant <id>', 'the tenant that person is at home in, where the id stands in the grants more than once')
      .option('--plan', 'only say what would change');
  acted(
    under('procedure')
      ?.command('move [customer]')
      .description('move the deadline of the running rollout; extensions, chase and forecast follow it')
      .requiredOption('--deadline <day>', 'the new deadline, such as 2027-01-31'),
  )?.action(async (customer: string | undefined, { deadline: to, ...options }: { deadline: string }) => {
    backend.print(await backend.operate('procedure move', given({ ...options, to, customer })));
  });
  acted(
    under('phase')
      ?.command('move <name> [customer]')
      .description('move the day of a phase that nobody was told of yet; its messages follow it')
      .requiredOption('--to <day>', 'the working day on which it is to be enforced, such as 2027-01-29')
      .option('--with-later', 'move all later phases by as many working days'),
  )?.action(async (phase: string, customer: string | undefined, options: object) => {
    backend.print(await backend.operate('phase move', given({ ...options, customer, phase })));
  });
}

function moveAnswer(outcome: MoveOutcome): Answer {
  switch (outcome.outcome) {
    case 'already':
      return { json: outcome, text: 'Nothing changed: that is the day already.' };
    case 'refused': {
      const { code, message } = outcome;
      return { json: outcome, text: '', refusal: { code, message: message.en } };
    }
    case 'planned':
    case 'moved': {
      const { deadline, phases } = outcome;
      const rows = [
        ...(deadline === null ? [] : [['deadline', deadline.from, deadline.to]]),
        ...phases.map(({ name, from, to }) => [name, from, to]),
      ];
      const head = outcome.outcome === 'planned' ? 'This would be moved:' : 'Moved:';
      return { json: outcome, text: `${head}\n${table(['what', 'from', 'to'], rows)}` };
    }
  }
}
