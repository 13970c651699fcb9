import type { Command } from 'commander';
import { AppError } from '../lib/errors.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { TicketsShown } from '../rollout/tickets/tickets.ts';
import type { Backend } from './backend.ts';
import { type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, minuteText } from './output.ts';
import { given } from './request.ts';

/** The commands about what stands in a customer's PSA by our hand. */
export const TICKET_OPERATIONS: OperationTable = {
  tickets: operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    return answerOf(customer, await app.tickets.shown(customer.id));
  }),
  'tickets poll': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    if (customer.settings.psa === undefined) return answerOf(customer, await app.tickets.shown(customer.id));
    const shown = await app.tickets.poll(customer, app.signal);
    const failure = shown.mark?.failure ?? null;
    if (shown.mark === null) throw notRead();
    const answer = answerOf(customer, shown);
    return failure === null ? answer : { ...answer, refusal: failure };
  }),
};

/** Adds `tickets` and `tickets poll`. */
export function addTickets(program: Command, backend: Backend): void {
  const tickets = program
    .command('tickets [customer]')
    .description('what stands in the customer’s PSA by our hand, with states and failures')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('tickets', given({ customer })));
    });
  tickets
    .command('poll [customer]')
    .description('read the customer’s tickets now, and answer those about MFA that nobody has answered')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('tickets poll', given({ customer })));
    });
}

function notRead(): AppError {
  const userMessage =
    'The tickets could not be read. Run "mfa-rollout customers check" to see what ConnectWise refuses.';
  return new AppError('psa_not_read', userMessage, { userMessage });
}

function answerOf(customer: Customer, { records, replies, mark }: TicketsShown): Answer {
  const isConfigured = customer.settings.psa !== undefined;
  const tickets = records.map(({ key, kind, recordId, standing, byPerson, failure, writtenDigest, wantedDigest }) => ({
    ...{ key, kind, id: recordId, standing, byPerson, failure },
    isUpToDate: failure === null && writtenDigest === wantedDigest,
  }));
  const answered = replies.map(({ ticketId, state, reason, at }) => ({
    ticketId,
    state,
    reason,
    at: at.toISOString(),
  }));
  const read =
    mark === null ? null : { polledAt: mark.polledAt.toISOString(), changed: mark.looked, failure: mark.failure };
  const lines = [
    isConfigured
      ? `${customer.name}: ${tickets.length} by our hand in the PSA, ${replies.length} tickets looked at.`
      : `${customer.name} has no PSA: its file has no section "psa". Nothing is done there.`,
    read === null ? 'Its tickets were not read yet.' : `Last read ${minuteText(read.polledAt)}${told(read.failure)}`,
    ...tickets.map((ticket) => `${ticket.key}  ${idText(ticket.id)}  ${stateText(ticket)}${told(ticket.failure)}`),
    ...answered.map(({ ticketId, state, reason }) => `#${ticketId}  ${state}${reason === null ? '' : ` (${reason})`}`),
  ];
  const json = {
    customer: { id: customer.id, name: customer.name },
    psa: isConfigured,
    tickets,
    replies: answered,
    read,
  };
  return { json, text: lines.join('\n') };
}

function told(failure: { message: string } | null): string {
  return failure === null ? '' : `: ${failure.message}`;
}

function idText(id: number | null): string {
  return id === null ? '-' : `#${id}`;
}

function stateText({
  standing,
  byPerson,
  isUpToDate,
}: {
  standing: string;
  byPerson: string | null;
  isUpToDate: boolean;
}) {
  if (byPerson !== null) return `${byPerson} by a person, left so`;
  return isUpToDate ? standing : `${standing}, being written`;
}
