import { readFileSync } from 'node:fs';
import { silentLog } from '../../src/lib/log.ts';
import { type Connections, createConnections } from '../../src/services/connections.ts';
import { createPacers } from '../../src/services/limits.ts';
import type { MailSender } from '../../src/services/mail/mail.ts';
import { senderMailbox } from '../../test/support/outreach-world.ts';
import { EXCHANGE_MAILS } from './least.ts';
import type { BenchTenant } from './tenant.ts';

export type MailWay = 'gmail' | 'outlook';

/** What the sandbox saw of a mailing since `forget`. */
export type MeasuredMails = {
  /** From the first call about a mail until the last mail was accepted. */
  makespanMs: number;
  requests: number;
  refused: number;
  /** Sendings beyond Exchange's message rate, which the sandbox does not refuse. */
  beyond: number;
  twice: number;
  skipped: number;
};

/** A mailbox of the tenant to send from, on fresh windows. */
export type Mailbox = {
  address: string;
  /** The product's sender; closed by `close`. */
  connect(): MailSender;
  close(): Promise<void>;
  forget(): void;
  measured(wanted: readonly string[]): MeasuredMails;
};

const SENDS: Readonly<Record<MailWay, string>> = {
  gmail: '/gmail/v1/users/{userId}/drafts/send',
  outlook: '/users/{id}/messages/{message}/send',
};
/** The bench is about minutes; what Workspace allows in a day would stop it. */
const A_DAY = { mailsPerDay: 1_000_000 };

/** Opens it; nothing was sent from it yet. */
export function openMailbox(tenant: BenchTenant, way: MailWay): Mailbox {
  const { sandbox, setUp } = tenant;
  const opened: Connections[] = [];
  sandbox.record({ type: 'gmail.options.set', workspace: setUp.tenantId, options: A_DAY });
  const address = way === 'gmail' ? setUp.gmail.mailbox : senderMailbox(tenant);
  const before = deliveredTo(tenant, way).length;
  return {
    address,
    connect: () => {
      const connections = connectionsOf(tenant, way, address);
      opened.push(connections);
      if (connections.mail === null) throw new Error('a mailbox was configured');
      return connections.mail;
    },
    close: async () => {
      for (const connections of opened) await connections.close();
    },
    forget: () => tenant.forget(),
    measured: (wanted) => {
      const requests = sandbox.requests.list().filter(({ vendor, path }) => isMail(way, { vendor, path }));
      const sent = requests.filter(({ template, status }) => template === SENDS[way] && status < 300);
      const last = Math.max(...sent.map(({ at }) => Date.parse(at)));
      const first = Math.min(...requests.map(({ at }) => Date.parse(at)));
      const counts = new Map(wanted.map((one) => [one.toLowerCase(), 0]));
      for (const one of deliveredTo(tenant, way).slice(before)) counts.set(one, (counts.get(one) ?? 0) + 1);
      const found = [...counts.values()];
      return {
        makespanMs: last - first,
        requests: requests.length,
        refused: requests.filter(({ status }) => status === 429).length,
        beyond: way === 'gmail' ? 0 : beyondRate(sent.map(({ at }) => Date.parse(at))),
        twice: found.filter((count) => count > 1).length,
        skipped: found.filter((count) => count === 0).length,
      };
    },
  };
}

function isMail(way: MailWay, { vendor, path }: { vendor: string; path: string }): boolean {
  return way === 'gmail' ? vendor === 'gmail' : vendor === 'graph' && path.includes('/messages');
}

/** The addressees of everything that was accepted, in order. */
function deliveredTo({ sandbox, setUp }: BenchTenant, way: MailWay): string[] {
  if (way === 'gmail') {
    const { deliveries } = sandbox.state.gmail;
    return deliveries.filter(({ field }) => field === 'to').map(({ recipient }) => recipient.toLowerCase());
  }
  const kept = sandbox.state.tenants.get(setUp.tenantId)?.kept;
  return [...(kept?.sentMails.values() ?? [])].flatMap(({ to }) => to.map((one) => one.toLowerCase()));
}

/** How many of these moments lie in a window that was full already. */
function beyondRate(moments: readonly number[]): number {
  const { limit, windowMs } = EXCHANGE_MAILS;
  return moments.filter((at, n) => n >= limit && at - (moments[n - limit] ?? 0) < windowMs).length;
}

function connectionsOf(tenant: BenchTenant, way: MailWay, mailbox: string): Connections {
  const { sandbox, setUp, time } = tenant;
  const { urls } = sandbox;
  const { clientId, clientSecret: secret } = messengerOf(tenant);
  const key = JSON.parse(readFileSync(sandbox.googleKeyFile, 'utf8')) as Record<string, string>;
  const serviceAccount = { clientEmail: key.client_email ?? '', privateKeyPem: key.private_key ?? '' };
  const { tenantId } = setUp;
  return createConnections(
    {
      graph: {
        ...{ baseUrl: urls.graph, loginUrl: urls.login, tenantId, clientId },
        credential: { kind: 'secret', secret },
      },
      mail:
        way === 'outlook'
          ? { kind: 'outlook', mailbox }
          : { kind: 'gmail', mailbox, baseUrl: urls.gmail, tokenUrl: key.token_uri ?? '', serviceAccount },
      tls: { caFile: sandbox.caFile },
    },
    { clock: time.callers, log: silentLog, pacers: createPacers(time.waiters), random: () => 0, carry: sandbox.carry },
  );
}

/** The application that may send. */
function messengerOf({ truth }: BenchTenant): BenchTenant['truth']['apps'][number] {
  const found = truth.apps.find(({ displayName }) => displayName === 'Rollout messenger');
  if (found === undefined) throw new Error('the tenant has an application that sends');
  return found;
}
