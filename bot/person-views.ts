import { z } from 'zod';
import type { Json } from '../src/lib/canonical-json.ts';
import { AppError } from '../src/lib/errors.ts';
import { type Actor, may } from '../src/rollout/access/access.core.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import type { ClassOutcome } from '../src/rollout/exceptions/classes.ts';
import { CLASS_KINDS } from '../src/rollout/exceptions/exception-types.core.ts';
import type { RequestOutcome } from '../src/rollout/exceptions/requests.ts';
import type { SwitchOutcome } from '../src/rollout/persons/persons.ts';
import type { Card } from './cards/card.ts';
import { messageCard } from './cards/notice.card.ts';
import {
  type ClassesFrame,
  classesCard,
  type PersonFrame,
  type PersonNotice,
  personCard,
  unknownPersonText,
} from './cards/person.card.ts';
import { personTextsIn } from './cards/person-texts.ts';
import type { Language } from './cards/texts.ts';
import type { BotDeps } from './deps.ts';

/** Whoever pressed or wrote, verified, and where. */
export type PersonPress = {
  deps: Pick<BotDeps, 'decisions' | 'tabUrl'>;
  customer: Customer;
  actor: Actor;
  language: Language;
};

const id = z.guid().transform((text) => text.toLowerCase());
const typed = z.string().max(400).nullish();

/** What a button of a person's card carries back, with what was typed beside it. */
export const mfaShown = z.object({
  ...{ customer: id, who: id, until: typed, reason: typed },
  id: z.string().max(20).optional(),
});

/** What a button of the classes' card carries back, with what was typed for every class. */
export const classShown = z
  .object({ customer: id, class: z.enum(CLASS_KINDS), digest: z.string().max(100) })
  .catchall(z.string().max(400).nullable());

export type MfaShown = z.output<typeof mfaShown>;
export type ClassShown = z.output<typeof classShown>;

/** What can be pressed about one person. */
export const PERSON_VERBS = ['on', 'anyway', 'back', 'off', 'withdraw'] as const;

export type PersonVerb = (typeof PERSON_VERBS)[number];

/** Takes a press about one person. The server believes of the card only whom it is about and what was typed. */
export async function pressPerson({ deps, customer, actor }: PersonPress, verb: PersonVerb, data: MfaShown) {
  const { persons, requests } = deps.decisions;
  const accountId = data.who;
  switch (verb) {
    case 'on':
    case 'anyway':
    case 'back': {
      const kind = verb === 'back' ? ('back' as const) : ('on' as const);
      return remembered(await persons.ask(customer, actor, { accountId, kind, anyway: verb === 'anyway' }));
    }
    case 'off': {
      const [until, reason] = [data.until, data.reason].map((text) =>
        text === undefined || text === '' ? null : text,
      );
      return remembered(
        await persons.off(customer, actor, { accountId, until: until ?? null, reason: reason ?? null }),
      );
    }
    case 'withdraw':
      return remembered(await requests.withdraw(customer, actor, data.id ?? ''));
  }
}

/** Draws the person as he stands now, with how the press ended. Rejects with `not_your_person`. */
export async function personView(press: PersonPress, data: Pick<MfaShown, 'who'>, acted: Json): Promise<Card> {
  const { deps, customer, actor } = press;
  const view = await deps.decisions.persons.show(customer, actor, data.who);
  return personCard(view, noticeOf(acted), await frameOf(press));
}

/** The answer to "person <name>": the card of the one who is called so. */
export async function personCalled(press: PersonPress, named: string): Promise<Card> {
  const accountId = await press.deps.decisions.persons.find(press.customer, named);
  if (accountId === null) return messageCard({ text: unknownPersonText(press.language) });
  return personView(press, { who: accountId }, null);
}

/** Takes a decision about a class. */
export async function pressClass(
  { deps, customer, actor }: PersonPress,
  verdict: 'enforce' | 'carveOut',
  data: ClassShown,
): Promise<Json> {
  const given = (name: string) => data[`${name}-${data.class}`];
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const decision = {
    ...{ class: data.class, verdict, digest: data.digest },
    ...{ reason: text(given('reason')) ?? '', reviewAt: text(given('review')) },
  };
  return remembered(await deps.decisions.classes.decide(customer, actor, decision));
}

/** Draws the classes as they stand now, with how the press ended. Rejects with `not_your_decision`. */
export async function classesView(press: PersonPress, acted: Json): Promise<Card> {
  const { deps, customer, actor } = press;
  if (!may(actor, 'seePeople')) {
    const userMessage = 'Only somebody with a role here sees this. Your engineer can grant one.';
    throw new AppError('not_your_decision', userMessage, { userMessage });
  }
  const frame: ClassesFrame = { ...(await frameOf(press)), mayDecide: may(actor, 'decideClasses') };
  return classesCard(await deps.decisions.classes.list(customer), noticeOf(acted), frame);
}

async function frameOf({ deps, customer, language }: PersonPress): Promise<PersonFrame> {
  const { timeZone } = customer.settings;
  return { customerId: customer.id, language, timeZone, tabUrl: await deps.tabUrl(customer, 'exceptions') };
}

/** A stored shape: how a press ended, kept until Teams has surely stopped delivering it. */
const outcomeSchema = z.object({
  isRefusal: z.boolean(),
  text: z.object({ en: z.string(), de: z.string() }).nullable(),
});

function remembered(outcome: SwitchOutcome | RequestOutcome | ClassOutcome): Json {
  if (outcome.outcome === 'refused') return { isRefusal: true, text: outcome.message };
  if (outcome.outcome === 'stale') return { isRefusal: true, text: bothOf('stale') };
  if (outcome.outcome === 'asked' || outcome.outcome === 'joined') return { isRefusal: false, text: bothOf('asked') };
  return { isRefusal: false, text: 'note' in outcome ? outcome.note : null };
}

function bothOf(name: 'stale' | 'asked'): { en: string; de: string } {
  return { en: personTextsIn('en')[name], de: personTextsIn('de')[name] };
}

function noticeOf(acted: Json): PersonNotice {
  if (acted === null) return null;
  const { isRefusal, text } = outcomeSchema.parse(acted);
  return text === null ? null : { isRefusal, text };
}
