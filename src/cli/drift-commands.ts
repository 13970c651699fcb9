import type { Command } from 'commander';
import { z } from 'zod';
import type { App } from '../compose.ts';
import { AppError } from '../lib/errors.ts';
import type { Actor } from '../rollout/access/access.core.ts';
import type { DriftList, DriftOutcome, DriftView } from '../rollout/drift/drift.ts';
import { DRIFT_TITLES, objectWords } from '../rollout/drift/drift-texts.core.ts';
import { missingWords } from '../rollout/drift/two-people-texts.core.ts';
import { actingAs, directoryId } from './acting.ts';
import type { Backend } from './backend.ts';
import { type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, minuteText, table } from './output.ts';

const acting = oneCustomer.extend({ as: z.string().trim().min(1), tenant: directoryId.optional() });
const deciding = acting.extend({
  id: z.string().min(1),
  verdict: z.enum(['restore', 'accept']),
  digest: z.string().optional(),
});

/** The commands of the drift watch. */
export const DRIFT_OPERATIONS: OperationTable = {
  'drift list': operation(oneCustomer, async ({ app }, { customer: named }) => {
    const customer = await app.customers.find(named);
    return listAnswer(await app.drift.list(customer, whoeverMayOpenTheStore(customer.id)));
  }),
  'drift decide': operation(deciding, async ({ app }, { customer: named, as, tenant, id, verdict, digest }) => {
    const customer = await app.customers.find(named);
    const actor = await actingAs(app, customer, { as, tenant });
    const { findings } = await app.drift.list(customer, actor);
    const view = oneOf(findings, id);
    const outcome = await app.drift.decide(customer, actor, { id: view.id, verdict, digest: digest ?? view.digest });
    return outcomeAnswer(app, { customerId: customer.id, id: view.id, outcome });
  }),
};

/** An answer with how many findings stand open, and what to do about them; unchanged where none does. */
export function withDrift(answer: Answer, { urgent, other }: { urgent: number; other: number }): Answer {
  const json = { ...(answer.json as object), drift: { urgent, other } };
  if (urgent + other === 0) return { ...answer, json };
  const line = `Changed by others: ${urgent + other} differences stand, ${urgent} of them to be looked at at once. Next: mfa-rollout drift`;
  return { ...answer, json, text: `${answer.text}\n${line}` };
}

const NO_ONE = '00000000-0000-0000-0000-000000000000';

/** Reading needs no role of whoever may open the socket or the store; deciding does. */
function whoeverMayOpenTheStore(customerId: string): Actor {
  return { customerId, identity: { tenantId: NO_ONE, objectId: NO_ONE }, roles: ['engineer'], displayName: null };
}

/** The finding of this id or of an id that begins so; refuses with `drift_unknown`. */
function oneOf(findings: readonly DriftView[], id: string): DriftView {
  const found = findings.filter((one) => one.id.startsWith(id.toLowerCase()));
  const [view] = found;
  if (view !== undefined && found.length === 1) return view;
  const userMessage = `There ${found.length === 0 ? 'is no finding' : 'are several findings'} of the id ${id}. See "mfa-rollout drift".`;
  throw new AppError('drift_unknown', userMessage, { userMessage });
}

const HOW_TO_DECIDE = `
To decide about a finding:
  mfa-rollout drift                                the findings with their ids, who did it and what it does
  mfa-rollout drift restore <id> --as <person>     puts back what was approved
  mfa-rollout drift accept <id> --as <person>      takes what is there now as ours
The first digits of an id are enough. <person> is the name, sign-in name or object id of somebody of the grants. What
costs people their cover is accepted by two people: an engineer and an approver of the customer.`;

/** Adds `drift`, `drift restore` and `drift accept`. */
export function addDrift(program: Command, backend: Backend): void {
  const drift = program
    .command('drift [customer]')
    .description('what somebody else changed of the rollout’s own policies and groups, and of what stands beside them')
    .addHelpText('after', HOW_TO_DECIDE);
  drift.action(async (customer: string | undefined) => {
    backend.print(await backend.operate('drift list', named(customer)));
  });
  const verbs = [
    ['restore', 'put back what was approved, after reading once more that it is as it was shown'],
    ['accept', 'take what is there now as ours; what costs people cover takes an engineer and an approver'],
  ] as const;
  for (const [verdict, says] of verbs) {
    whoActs(drift.command(`${verdict} <id> [customer]`).description(says))
      .option('--digest <digest>', 'what was shown: anything else is refused')
      .action(async (id: string, customer: string | undefined, options: Who & { digest?: string }) => {
        backend.print(await backend.operate('drift decide', { id, verdict, ...named(customer), ...options }));
      });
  }
}

type Who = { as: string; tenant?: string };

function whoActs(command: Command): Command {
  return command
    .requiredOption('--as <person>', 'the name, sign-in name or object id of somebody of the grants')
    .option('--tenant <id>', 'the person’s home tenant, where the id stands in several');
}

function named(customer: string | undefined): { customer?: string } {
  return customer === undefined ? {} : { customer };
}

function listAnswer({ findings, lookedAt, unread, names }: DriftList): Answer {
  const rows = findings.map((one) => [
    one.id.slice(0, 8),
    one.state,
    String(one.severity),
    DRIFT_TITLES[one.kind].en,
    objectWords(one)?.en ?? one.name,
    one.effect?.sentence.en ?? '?',
    actorText(one),
  ]);
  const open = findings.filter(({ state }) => state === 'open' || state === 'restoring').length;
  const first = findings.find(({ state }) => state === 'open');
  const lines = [
    ...(lookedAt === null
      ? ['Not looked at yet: the watch begins five minutes after the first push.']
      : [
          open === 0 ? 'Nothing differs from what was written.' : `${open} differences stand.`,
          `Last look: ${minuteText(lookedAt)}.`,
        ]),
    ...unread.map(({ part, code }) => `Not read at the last look: ${part} (${code}).`),
    ...(rows.length === 0 ? [] : [table(['id', 'state', 'severity', 'what', 'object', 'effect', 'by'], rows)]),
    ...(first === undefined ? [] : nextSteps(first)),
  ];
  const told = new Map<string, string>();
  for (const { before, effect } of findings)
    for (const id of [...Object.keys(before), ...(effect?.lost ?? [])])
      if (names.has(id)) told.set(id, names.get(id) ?? id);
  return { json: { findings, lookedAt, unread, names: Object.fromEntries(told) }, text: lines.join('\n') };
}

/** What may be done about a finding, as one would type it; or why not. */
function nextSteps({ id, offers, two }: DriftView): string[] {
  const steps = (['restore', 'accept'] as const).map((verdict) => {
    const offer = offers[verdict];
    const typed = `mfa-rollout drift ${verdict} ${id.slice(0, 8)} --as <person>`;
    if (!offer.yes) return `Not offered: ${verdict}. ${offer.why.en}`;
    const open = two[verdict];
    return `Next: ${typed}${open === null ? '' : `\n  Takes two people. ${open.words.en} ${missingWords(open.missing).en}`}`;
  });
  return [`About ${id.slice(0, 8)}:`, ...steps];
}

function actorText({ actor }: DriftView): string {
  if (actor === null) return 'not known yet';
  return actor.kind === 'unnamed' ? 'nobody named in the log' : (actor.name ?? actor.id);
}

type Ended = { customerId: string; id: string; outcome: DriftOutcome };

async function outcomeAnswer(app: App, { customerId, id, outcome }: Ended): Promise<Answer> {
  if (outcome.outcome === 'refused' || outcome.outcome === 'stale') {
    const code = outcome.outcome === 'stale' ? 'drift_changed' : outcome.code;
    return { json: outcome, text: '', refusal: { code, message: outcome.message } };
  }
  if (outcome.outcome === 'already' || outcome.job === null) return { json: outcome, text: outcome.message };
  const customer = await app.customers.find(customerId);
  await app.drift.settled(customer, outcome.job);
  const view = await app.drift.find(customer, id);
  if (view?.state === 'restored') return { json: { ...outcome, state: view.state }, text: 'It was put back.' };
  const message = view?.failure?.en ?? 'It could not be put back.';
  return { json: { ...outcome, view }, text: '', refusal: { code: 'drift_not_restored', message } };
}
