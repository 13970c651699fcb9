import { z } from 'zod';
import type { Json } from '../src/lib/canonical-json.ts';
import { AppError } from '../src/lib/errors.ts';
import type { Actor } from '../src/rollout/access/access.core.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import { ENGINEER_LIST, type ListName, listInSubject } from '../src/rollout/holdouts/holdout-deps.ts';
import { ANSWER_KINDS, type AnswerKind } from '../src/rollout/holdouts/holdout-types.core.ts';
import type { AnswerOutcome, HoldoutList } from '../src/rollout/holdouts/holdouts.ts';
import type { Card } from './cards/card.ts';
import { holdoutTextsIn } from './cards/holdout-texts.ts';
import { dayInput, type HoldoutFrame, type HoldoutView, holdoutsCard } from './cards/holdouts.card.ts';
import { messageCard } from './cards/notice.card.ts';
import type { Language } from './cards/texts.ts';
import type { BotDeps } from './deps.ts';

/** Whoever pressed, verified, and where. */
export type HoldoutPress = {
  deps: Pick<BotDeps, 'holdouts' | 'tabUrl'>;
  customer: Customer;
  actor: Actor;
  language: Language;
};

const id = z.guid().transform((text) => text.toLowerCase());

/** What a button of a list carries back, with the dates of every line of the card beside it. */
export const holdoutShown = z
  .object({
    ...{ customer: id, id: z.string().max(100), phase: z.string().regex(/^\d{1,4}$/), who: id },
    ...{ list: z.enum(['mine', 'engineer']), seen: z.string().regex(/^\d{1,9}$/) },
  })
  .catchall(z.string().max(40).nullable());

export type HoldoutShown = z.output<typeof holdoutShown>;

/** Draws the copy of a list's card; null for the subject of another card. */
export async function holdoutCopy(
  deps: Pick<BotDeps, 'holdouts' | 'tabUrl'>,
  customer: Customer,
  subject: string,
): Promise<{ card: Card; shown: string } | null> {
  const name = listInSubject(subject);
  if (name === null) return null;
  const { language } = customer.settings;
  const found = await deps.holdouts.listOf(customer, name);
  if (found === undefined) return { card: messageCard({ text: holdoutTextsIn(language).gone }), shown: 'gone' };
  const view = viewOf(found, null);
  const frame = await frameOf(deps, customer, language);
  return { card: holdoutsCard(view, frame), shown: JSON.stringify([view, frame.tabUrl]) };
}

/** Takes an answer from a card. The server believes of the card only what the person looked at. */
export async function answerHoldout(press: HoldoutPress, kind: AnswerKind, data: HoldoutShown): Promise<Json> {
  const { deps, customer, actor } = press;
  const given = data[dayInput(data.who)];
  const until = typeof given === 'string' && given !== '' ? given : null;
  const ask = { accountId: data.who, kind, until, seen: Number(data.seen) };
  return outcomeSchema.parse(await deps.holdouts.answer(customer, actor, ask)) as unknown as Json;
}

/** Draws the present list of whoever pressed, with how the press ended. Rejects with what stood against it. */
export async function holdoutView(press: HoldoutPress, data: HoldoutShown, acted: Json): Promise<Card> {
  const { deps, customer, actor, language } = press;
  const outcome = acted === null ? null : (outcomeSchema.parse(acted) as AnswerOutcome);
  if (outcome?.outcome === 'refused') {
    throw new AppError(outcome.code, outcome.message.en, { userMessage: outcome.message[language] });
  }
  const found = await deps.holdouts.listOf(customer, listFor(actor, data));
  if (found === undefined) return messageCard({ text: holdoutTextsIn(language).gone });
  return holdoutsCard(viewOf(found, noticeOf(outcome, actor)), await frameOf(deps, customer, language));
}

/** A list has names on it: a person sees his own, and the engineer's only as somebody who may. */
function listFor({ identity, roles, customerId }: Actor, data: HoldoutShown): ListName {
  const name = { rolloutId: data.id, ordinal: Number(data.phase) };
  const isHelper = roles.some((role) => role === 'engineer' || role === 'helpdesk');
  if (data.list === 'engineer' && isHelper) return { ...name, list: ENGINEER_LIST };
  return { ...name, list: identity.tenantId === customerId ? identity.objectId : '' };
}

function noticeOf(outcome: AnswerOutcome | null, { identity }: Actor): HoldoutView['notice'] {
  switch (outcome?.outcome) {
    case 'recorded':
      return outcome.note === null ? null : { said: outcome.note };
    case 'already': {
      const { by } = outcome.answer;
      const isOwn = by.tenantId === identity.tenantId && by.objectId === identity.objectId;
      return isOwn ? null : { already: outcome.answer };
    }
    case 'over':
      return { over: outcome.why };
    case 'refused':
    case undefined:
      return null;
  }
}

function viewOf({ name, phase, enforceOn, lines }: HoldoutList, notice: HoldoutView['notice']): HoldoutView {
  return {
    ...{ rolloutId: name.rolloutId, ordinal: name.ordinal, phase, enforceOn, notice },
    list: name.list === ENGINEER_LIST ? 'engineer' : 'mine',
    lines: lines.map((line) => ({
      ...{ accountId: line.accountId, displayName: line.displayName, step: line.step, standing: line.standing },
      why: line.why?.text ?? null,
      ...{ answer: line.answer, reminded: line.reminded, isProposed: line.proposal !== null, seen: line.seen },
    })),
  };
}

async function frameOf(
  { tabUrl }: Pick<BotDeps, 'tabUrl'>,
  customer: Customer,
  language: Language,
): Promise<HoldoutFrame> {
  const { timeZone } = customer.settings;
  return { customerId: customer.id, language, timeZone, tabUrl: await tabUrl(customer, 'rollout') };
}

/** Stored shapes: how a press ended, kept until Teams has surely stopped delivering it. */
const text = z.object({ en: z.string(), de: z.string() });
const answer = z.object({
  ...{ seq: z.number(), accountId: z.string(), kind: z.enum(ANSWER_KINDS), until: z.string().nullable() },
  by: z.object({ tenantId: z.string(), objectId: z.string() }),
  ...{ displayName: z.string().nullable(), at: z.string() },
});
const outcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('recorded'), answer, note: text.nullable() }),
  z.object({ outcome: z.literal('already'), answer }),
  z.object({ outcome: z.literal('over'), why: text }),
  z.object({ outcome: z.literal('refused'), code: z.string(), message: text }),
]);
