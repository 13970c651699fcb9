import { z } from 'zod';
import type { Json } from '../src/lib/canonical-json.ts';
import { shortDigest } from '../src/lib/digest.ts';
import { AppError } from '../src/lib/errors.ts';
import { type Actor, may } from '../src/rollout/access/access.core.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import { germanAnswer } from '../src/rollout/helpdesk/german-words.core.ts';
import type { Sentence } from '../src/rollout/phases/phase-types.core.ts';
import { undoneWords } from '../src/rollout/takeover/undo-texts.core.ts';
import type { Card } from './cards/card.ts';
import type { Frame } from './cards/exceptions.card.ts';
import { type TakeoverView, takeoverCard } from './cards/takeover.card.ts';
import type { BotDeps } from './deps.ts';

type Deps = Pick<BotDeps, 'takeover' | 'undoEverything'>;
type Press = { deps: Deps; customer: Customer; actor: Actor };

/** The copy of the card that everybody may see: counts and steps, no buttons. */
export async function takeoverCopy(
  deps: Deps,
  customer: Customer,
  frame: Frame,
): Promise<{ card: Card; shown: string }> {
  const view = toldIn(frame, await viewOf(deps, customer, { mayDecide: false, notice: null, isAsked: false }));
  const { state, digest, first, approvedBy, failure, everything } = view;
  const steps = view.steps.map((step) => [step.state, step.why]);
  const shown = [state, digest, first, approvedBy, failure, everything, steps, frame.viewers];
  return { card: takeoverCard(view, frame), shown: JSON.stringify(shown) };
}

/**
 * The card as one person may see it; `acted` is how his press ended, null for a mere look. `isAsked`: he wishes to undo
 * everything and is told what that does before he confirms it.
 */
export async function takeoverViewFor(
  { deps, customer, actor }: Press,
  frame: Frame,
  { acted, isAsked = false }: { acted: Json; isAsked?: boolean },
): Promise<Card> {
  const notice = noticeOf(acted);
  const mayDecide = may(actor, 'approveTakeover');
  const view = await viewOf(deps, customer, { mayDecide, notice, isAsked: isAsked && may(actor, 'undoEverything') });
  return takeoverCard(toldIn(frame, view), frame);
}

/** What a run said in English, as its journal keeps it, for whoever reads German. */
function toldIn({ language }: Frame, view: TakeoverView): TakeoverView {
  return language === 'de' ? germanAnswer(view) : view;
}

/** Begins to take back everything this product did in the tenant. */
export async function undoEverything({ deps, customer, actor }: Press): Promise<Json> {
  const asked = await deps.undoEverything.begin(customer, actor);
  return asked.outcome === 'refused' ? { code: asked.code, text: asked.text } : { code: null, text: UNDOING_ALL };
}

/** Approves the plan of a digest; gives what to remember of it. */
export async function approveTakeover({ deps, customer, actor }: Press, digest: string): Promise<Json> {
  const decided = await deps.takeover.decide(customer, actor, { verdict: 'approve', digest });
  if (decided.outcome === 'recorded') return { code: null, text: decided.started ? STARTED : RECORDED };
  return { code: decided.outcome === 'refused' ? decided.code : null, text: decided.text };
}

/** Begins to put everything back that the takeover took out. */
export async function undoTakeover({ deps, customer, actor }: Press): Promise<Json> {
  const asked = await deps.takeover.beginUndo(customer, actor);
  return asked.outcome === 'begun' ? { code: null, text: UNDOING } : { code: asked.code, text: asked.text };
}

/** A stored shape: how a press ended. */
const actedSchema = z.object({ code: z.string().nullable(), text: z.object({ en: z.string(), de: z.string() }) });

function noticeOf(acted: Json): Sentence | null {
  if (acted === null) return null;
  const { code, text } = actedSchema.parse(acted);
  if (code === 'not_your_decision') throw new AppError(code, text.en, { userMessage: text.en });
  return text;
}

const RECORDED: Sentence = {
  en: 'Your approval is recorded; another person has to approve as well.',
  de: 'Ihre Freigabe ist gespeichert; eine weitere Person muss ebenfalls freigeben.',
};
const STARTED: Sentence = {
  en: 'Both sides have approved: the takeover begins.',
  de: 'Beide Seiten haben freigegeben: Die Übernahme beginnt.',
};
const UNDOING: Sentence = { en: 'The old MFA is being put back.', de: 'Die alte MFA wird zurückgestellt.' };
const UNDOING_ALL: Sentence = undoneWords('begun', 0);

type Own = Pick<TakeoverView, 'mayDecide' | 'notice'> & { isAsked: boolean };

async function viewOf(deps: Deps, customer: Customer, { isAsked, ...own }: Own): Promise<TakeoverView> {
  const review = await deps.takeover.show(customer);
  const { preview, last } = await deps.undoEverything.show(customer);
  const { state, digest, first, steps, left, kept, approvals, missing, failure } = review;
  return {
    ...{ state, digest, first, steps, missing },
    shortDigest: digest === null ? '-' : shortDigest(digest),
    ...{ left: left.length, kept: kept.length },
    approvedBy: approvals.map(({ displayName, by }) => displayName ?? by.objectId),
    failure: failure?.message ?? null,
    everything: { preview, last, isAsked },
    ...own,
  };
}
