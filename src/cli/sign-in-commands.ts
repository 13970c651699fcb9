import type { Command } from 'commander';
import { z } from 'zod';
import type { App } from '../compose.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { Rollout } from '../rollout/phases/phase-types.core.ts';
import type { FindingOutcome, ListedFinding } from '../rollout/sign-ins/findings.ts';
import type { SignIns, WindowReport } from '../rollout/sign-ins/sign-ins.ts';
import { actingAs, directoryId } from './acting.ts';
import type { Backend } from './backend.ts';
import { type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, table } from './output.ts';
import { given } from './request.ts';

/** What these commands need of the product. */
export type SignInParts = {
  signIns: Pick<SignIns, 'impact' | 'findings' | 'readNow'>;
  phases: { current(customerId: string): Promise<Rollout | null> };
};

const window = oneCustomer.extend({ fresh: z.boolean().optional() });

/** Object id or sign-in name of whoever acts. */
const acting = oneCustomer.extend({
  key: z.string().min(1),
  as: z.string().trim().min(1),
  tenant: directoryId.optional(),
});
const waiving = acting.extend({ until: z.string(), why: z.string() });

/** The commands about the report-only window and its findings. */
export function signInOperations(partsOf: (app: App) => SignInParts): OperationTable {
  return {
    window: operation(window, async ({ app, onProgress }, input) => {
      const { signIns, phases } = partsOf(app);
      const customer = await app.customers.find(input.customer);
      if (input.fresh === true) {
        onProgress('reading the sign-in logs');
        await signIns.readNow(customer);
      }
      const rollout = await phases.current(customer.id);
      const reports: WindowReport[] = [];
      for (const phase of rollout?.phases ?? []) reports.push(await signIns.impact(customer, phase));
      return { json: { customer: idsOf(customer), phases: reports }, text: windowText(customer, reports) };
    }),
    findings: operation(oneCustomer, async ({ app }, input) => {
      const customer = await app.customers.find(input.customer);
      const findings = await partsOf(app).signIns.findings.list(customer.id);
      return { json: { customer: idsOf(customer), findings }, text: findingsText(customer, findings) };
    }),
    'findings take': operation(acting, async ({ app }, { customer: named, key, as, tenant }) => {
      const customer = await app.customers.find(named);
      const actor = await actingAs(app, customer, { as, tenant });
      return outcomeAnswer(await partsOf(app).signIns.findings.take(customer, actor, key));
    }),
    'findings waive': operation(waiving, async ({ app }, { customer: named, key, as, tenant, until, why }) => {
      const customer = await app.customers.find(named);
      const actor = await actingAs(app, customer, { as, tenant });
      return outcomeAnswer(await partsOf(app).signIns.findings.waive(customer, actor, { key, until, why }));
    }),
  };
}

/** Adds `window` and `findings [take|waive]`. */
export function addSignIns(program: Command, backend: Backend): void {
  program
    .command('window [customer]')
    .description('the report-only window of each phase: who was seen, and what enforcing would mean for whom')
    .option('--fresh', 'read the sign-in logs first')
    .action(async (customer: string | undefined, options: object) => {
      backend.print(await backend.operate('window', given({ ...options, customer })));
    });
  const findings = program.command('findings').description('clients that cannot answer MFA');
  findings
    .command('list [customer]', { isDefault: true })
    .description('each with its owner, remedy and status')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('findings', given({ customer })));
    });
  findings
    .command('take <key> [customer]')
    .description('say that you work on it')
    .requiredOption('--as <who>', 'name, sign-in name or object id of whoever acts')
    .option('--tenant <id>', 'the tenant of that identity, where several have it')
    .action(async (key: string, customer: string | undefined, options: object) => {
      backend.print(await backend.operate('findings take', given({ ...options, customer, key })));
    });
  findings
    .command('waive <key> [customer]')
    .description('sign that the client may go on until a day, though enforcing MFA will break it')
    .requiredOption('--as <who>', 'name, sign-in name or object id of the approver')
    .requiredOption('--until <day>', 'the last day, YYYY-MM-DD')
    .requiredOption('--why <text>', 'the reason')
    .option('--tenant <id>', 'the tenant of that identity, where several have it')
    .action(async (key: string, customer: string | undefined, options: object) => {
      backend.print(await backend.operate('findings waive', given({ ...options, customer, key })));
    });
}

function idsOf({ id, name }: Customer): { id: string; name: string } {
  return { id, name };
}

function windowText(customer: Customer, reports: readonly WindowReport[]): string {
  if (reports.length === 0) return `${customer.name} has no rollout yet.`;
  const rows = reports.map(({ phase, sight, counts, windowFrom }) => [
    phase,
    windowFrom === null ? '-' : `${Math.floor(sight.hoursPassed)} h`,
    `${sight.seen} of ${sight.countable}`,
    String(sight.neverSeen.length),
    String(counts.wouldBePromptedCanAnswer),
    String(counts.wouldBePromptedNotRegistered),
    String(counts.wouldFail),
    String(counts.notAsked),
    String(counts.unknown),
  ]);
  const headings = ['phase', 'window', 'seen', 'never seen', 'can answer', 'not registered', 'would fail'];
  const problems = [...new Set(reports.flatMap(({ problem }) => (problem === null ? [] : [problem.en])))];
  return [table([...headings, 'not asked', 'unknown'], rows), ...problems].join('\n');
}

function findingsText(customer: Customer, findings: readonly ListedFinding[]): string {
  if (findings.length === 0) return `No client of ${customer.name} is known that cannot answer MFA.`;
  const rows = findings.map((finding) => [
    finding.key,
    finding.status,
    finding.accountName ?? finding.accountId,
    finding.appName,
    finding.protocol,
    String(finding.count),
    finding.lastSeen.slice(0, 16),
    finding.owner.displayName ?? finding.owner.accountId ?? 'nobody known',
    finding.outside?.on ?? '',
  ]);
  const remedies = new Map(findings.map(({ protocol, remedy }) => [protocol, remedy.en]));
  return [
    table(['key', 'status', 'account', 'app', 'protocol', 'count', 'last seen', 'ask', 'ends by itself'], rows),
    '',
    ...[...remedies].map(([protocol, remedy]) => `${protocol}: ${remedy}`),
  ].join('\n');
}

function outcomeAnswer(outcome: FindingOutcome): Answer {
  if (!outcome.ok) {
    const { code, message } = outcome;
    return { json: outcome, text: '', refusal: { code, message } };
  }
  const { finding } = outcome;
  const until = finding.waiver === null ? '' : ` until ${finding.waiver.until}`;
  return { json: outcome, text: `${finding.key} (${finding.protocol}) is ${finding.status}${until}.` };
}
