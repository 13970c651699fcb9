import { AppError } from '../../lib/errors.ts';
import type { Customer } from '../customers/customers.ts';
import type { Guide } from '../guide/guide.ts';
import { type GuideEdits, guidePath, offeredMethods } from '../guide/guide-types.core.ts';
import { demandedOn } from '../phases/phase-life.core.ts';
import type { RenderAsk, Rendered } from './outreach-facts.ts';
import type { EscalationContact, MessageFields } from './templates/message-types.core.ts';
import { missingOf } from './templates/method-words.core.ts';
import { renderMessage } from './templates/render-message.ts';
import type { MessageTemplates } from './templates/templates.ts';

export type MailTextDeps = {
  templates: Pick<MessageTemplates, 'of'>;
  guide: Pick<Guide, 'edits'>;
  /** Where people find this deployment's pages; undefined where it has no address for others. */
  publicUrl: string | undefined;
  /** Whether Security Defaults are on by what is stored; absent: they are not. */
  areDefaultsOn?: ((customer: Customer) => Promise<boolean>) | undefined;
  tabUrl?: ((customer: Customer) => Promise<string | null>) | undefined;
};

/**
 * Writes a message to one reader from what is known of him, his phase and the customer's guide. Refuses with
 * `no_public_url` where there is no guide to link to, and as `renderMessage` does.
 */
export function createMailText(deps: MailTextDeps): (ask: RenderAsk) => Promise<Rendered> {
  return async (ask) => {
    const { customer, kind, language } = ask;
    const edits = await deps.templates.of(customer.id);
    const fields = await fieldsOf(deps, ask);
    return renderMessage({ kind, language, fields, edits });
  };
}

async function fieldsOf(deps: MailTextDeps, ask: RenderAsk): Promise<MessageFields> {
  const { customer, rollout, phase, reader, language } = ask;
  const base = deps.publicUrl?.replace(/\/+$/, '');
  if (base === undefined) {
    const userMessage = 'Mails link to the enrolment guide, and this server has no address for others: set PUBLIC_URL.';
    throw new AppError('no_public_url', userMessage, { userMessage });
  }
  const guide = await deps.guide.edits(customer.id);
  const areDefaultsOn = (await deps.areDefaultsOn?.(customer)) ?? false;
  const page = (method: Parameters<typeof guidePath>[0]['method']) =>
    `${base}${guidePath({ customerId: customer.id, language, method })}`;
  return {
    firstName: reader.firstName ?? null,
    displayName: reader.displayName,
    company: guide.companyName ?? customer.name,
    phase: phase.name,
    enforceOn: demandedOn(rollout, phase, { areDefaultsOn, timeZone: customer.settings.timeZone }),
    deadline: rollout.deadline,
    guideUrl: page(null),
    guidePages: offeredMethods(guide).map((method) => ({ method, url: page(method) })),
    methods: reader.enrolment === 'unknown' ? null : reader.methods,
    missing: missingOf(reader),
    manager: ask.manager?.displayName ?? null,
    contact: contactOf(customer, guide),
    msp: customer.settings.serviceProvider ?? contactOf(customer, guide).name,
    people: ask.about.flatMap((person) => {
      const missing = missingOf(person);
      return missing === null ? [] : [{ displayName: person.displayName, missing }];
    }),
    tabUrl: (await deps.tabUrl?.(customer)) ?? null,
  };
}

/** Without a helpdesk of its own in the guide, people answer to the mailbox that wrote to them. */
function contactOf({ name, settings }: Customer, { helpdesk }: GuideEdits): EscalationContact {
  const { teams, mail } = settings;
  return {
    name: helpdesk?.name ?? `${name} IT`,
    address: helpdesk?.mail ?? mail?.mailbox ?? '',
    phone: helpdesk?.phone ?? null,
    channel: teams === undefined ? null : `#${teams.channel}`,
  };
}
