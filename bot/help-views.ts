import { z } from 'zod';
import type { Json } from '../src/lib/canonical-json.ts';
import { type Actor, may } from '../src/rollout/access/access.core.ts';
import { passInSubject } from '../src/rollout/access-pass/pass-deps.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import { alarmCard, type HelpFrame, issuedCard, type PassView, passCard } from './cards/access-pass.card.ts';
import type { Card } from './cards/card.ts';
import { helpTextsIn } from './cards/help-texts.ts';
import { messageCard } from './cards/notice.card.ts';
import { stuckCard } from './cards/stuck.card.ts';
import type { Language } from './cards/texts.ts';
import type { BotDeps } from './deps.ts';
import type { Inbound } from './inbound.ts';

type HelpDeps = Pick<BotDeps, 'accessPasses' | 'sessions' | 'stuck' | 'phases' | 'tabUrl'>;

/** Whoever pressed, verified, and where. */
export type HelpPress = { deps: HelpDeps; inbound: Inbound; customer: Customer; actor: Actor; language: Language };

const id = z.guid().transform((text) => text.toLowerCase());

/** What a button about one person carries back. */
export const helpShown = z.object({ customer: id, id });

/** The same with what stands in the card's inputs. */
export const passAsked = z.object({
  ...helpShown.shape,
  proof: z.string().max(40).nullish(),
  note: z.string().max(500).nullish(),
  minutes: z.union([z.string().max(10), z.number()]).nullish(),
  override: z.string().max(500).nullish(),
});

export type HelpShown = z.output<typeof helpShown>;

/** Draws the copy of a card about a pass; null for the subject of another card. */
export async function passCopy(
  deps: HelpDeps,
  customer: Customer,
  subject: string,
): Promise<{ card: Card; shown: string } | null> {
  const named = passInSubject(subject);
  if (named === null) return null;
  const { language } = customer.settings;
  const frame = frameOf(customer, language);
  if ('person' in named) {
    const view = await viewOf(deps, customer, { accountId: named.person, notice: null });
    if (view === null) return gone(language);
    return { card: passCard(view, frame), shown: JSON.stringify(view) };
  }
  const pass = (await deps.accessPasses.list(customer.id)).find((one) => one.id === named.alarm);
  if (pass?.registration == null) return gone(language);
  const { accountId, registration } = pass;
  const displayName = (await personOf(deps, customer, accountId))?.displayName ?? accountId;
  return { card: alarmCard({ accountId, displayName, registration }, frame), shown: pass.id };
}

function gone(language: Language): { card: Card; shown: string } {
  return { card: messageCard({ text: helpTextsIn(language).noPerson }), shown: 'gone' };
}

/** The card on which a pass for somebody is issued, for a helper. */
export async function passView(press: HelpPress, { id: accountId }: HelpShown, acted: Json): Promise<Card> {
  const { deps, customer, actor, language } = press;
  if (!may(actor, 'issuePass')) return messageCard({ text: helpTextsIn(language).helpersOnly });
  const view = await viewOf(deps, customer, { accountId, notice: noticeSchema.parse(acted) });
  if (view === null) return messageCard({ text: helpTextsIn(language).noPerson });
  return passCard(view, frameOf(customer, language));
}

/** A stored shape: what a press came to, kept until Teams has surely stopped delivering it. */
const noticeSchema = z
  .union([z.enum(['withdrawn', 'sessionsAsked']), z.object({ en: z.string(), de: z.string() })])
  .nullable();

/** Withdraws a person's pass. */
export async function withdrawPass({ deps, customer, actor }: HelpPress, data: HelpShown): Promise<Json> {
  const outcome = await deps.accessPasses.withdraw(customer, actor, data.id);
  return outcome.outcome === 'withdrawn' ? 'withdrawn' : { ...outcome.message };
}

/** Ends a person's sessions. */
export async function endSessions({ deps, customer, actor }: HelpPress, data: HelpShown): Promise<Json> {
  const outcome = await deps.sessions.endFor(customer, actor, data.id);
  return outcome.outcome === 'asked' ? 'sessionsAsked' : { ...outcome.message };
}

/**
 * Issues a pass and shows it: the answer holds the secret, so that nothing of it may be remembered. In a personal chat
 * alone. Delivered again, it finds the pass that was issued and shows no secret.
 */
export async function issuePass(press: HelpPress, data: z.output<typeof passAsked>): Promise<Card> {
  const { deps, customer, actor, language, inbound } = press;
  const texts = helpTextsIn(language);
  if (inbound.conversation.kind !== 'personal') return messageCard({ text: texts.personalOnly });
  const { id: accountId, proof, note, minutes, override } = data;
  const outcome = await deps.accessPasses.issue(customer, actor, {
    accountId,
    proof: proof == null || proof === '' ? null : { kind: proof, note: note ?? null },
    minutes: minutes == null || minutes === '' ? null : Number(minutes),
    override: override ?? null,
  });
  if (outcome.outcome === 'refused') return passView(press, data, { ...outcome.message });
  const displayName = (await personOf(deps, customer, accountId))?.displayName ?? accountId;
  const { secret, expiresAt } = outcome;
  return issuedCard({ accountId, displayName, secret, expiresAt }, frameOf(customer, language));
}

/** Who is stuck and why, for a helper in a personal chat. */
export async function stuckView(press: HelpPress): Promise<Card> {
  const { deps, customer, actor, language, inbound } = press;
  const texts = helpTextsIn(language);
  if (!may(actor, 'issuePass')) return messageCard({ text: texts.helpersOnly });
  if (inbound.conversation.kind !== 'personal') return messageCard({ text: texts.stuckPersonal });
  const people = await deps.stuck.list(customer);
  const frame = { ...frameOf(customer, language), tabUrl: await deps.tabUrl(customer, 'rollout') };
  return stuckCard(people, frame);
}

function frameOf(customer: Customer, language: Language): HelpFrame {
  return { customerId: customer.id, language, timeZone: customer.settings.timeZone };
}

async function personOf({ phases }: HelpDeps, customer: Customer, accountId: string) {
  return (await phases.people(customer)).find((one) => one.accountId === accountId);
}

async function viewOf(
  deps: HelpDeps,
  customer: Customer,
  { accountId, notice }: { accountId: string; notice: PassView['notice'] },
): Promise<PassView | null> {
  const person = await personOf(deps, customer, accountId);
  if (person === undefined) return null;
  const passes = await deps.accessPasses.list(customer.id);
  const [last] = passes.filter((pass) => pass.accountId === accountId);
  const requests = (await deps.accessPasses.requests(customer)).get(accountId) ?? [];
  return {
    ...{ accountId, displayName: person.displayName, requests, notice },
    last: last === undefined ? null : { state: last.state, expiresAt: last.expiresAt },
  };
}
