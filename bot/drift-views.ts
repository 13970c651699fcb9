import { z } from 'zod';
import type { Json } from '../src/lib/canonical-json.ts';
import { AppError } from '../src/lib/errors.ts';
import type { Actor } from '../src/rollout/access/access.core.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import type { DriftOutcome } from '../src/rollout/drift/drift.ts';
import type { DriftVerdict } from '../src/rollout/drift/drift-types.core.ts';
import type { Card } from './cards/card.ts';
import { driftCard, driftTextsIn } from './cards/drift.card.ts';
import type { Frame } from './cards/exceptions.card.ts';
import { messageCard } from './cards/notice.card.ts';
import type { Language } from './cards/texts.ts';
import type { BotDeps } from './deps.ts';

const id = z.guid().transform((text) => text.toLowerCase());

/** What a button of a finding's card carries. */
export const driftShown = z.strictObject({
  ...{ customer: id, id },
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

type Shown = z.output<typeof driftShown>;
type Press = { deps: BotDeps; customer: Customer; actor: Actor; language: Language };

/** Draws the frame of a card; subject-cards.ts knows how. */
export type DriftFrame = (deps: BotDeps, customer: Customer, language: Language) => Promise<Frame>;

/** The copy of a finding's card that everybody may see: counts and the object, no names. */
export async function driftCopy(
  deps: BotDeps,
  { customer, findingId }: { customer: Customer; findingId: string },
  frameOf: DriftFrame,
): Promise<{ card: Card; shown: string }> {
  const { language } = customer.settings;
  const view = await deps.drift.find(customer, findingId);
  if (view === null) return { card: messageCard({ text: driftTextsIn(language).gone }), shown: 'gone' };
  const frame = await frameOf(deps, customer, language);
  const { digest, state, actor, failure, severity, effect, two } = view;
  const shown = JSON.stringify([digest, state, actor, failure, severity, effect, two, frame.viewers, frame.tabUrl]);
  return { card: driftCard({ ...view, names: null, mayDecide: null, notice: null }, frame), shown };
}

/** The card of a finding as one person may see it: names and buttons for those whose right it is. */
export async function driftView(press: Press, data: Shown, given: { acted: Json; frameOf: DriftFrame }): Promise<Card> {
  const { deps, customer, actor, language } = press;
  const view = await deps.drift.find(customer, data.id);
  if (view === null) return messageCard({ text: driftTextsIn(language).gone });
  const frame = await given.frameOf(deps, customer, language);
  const { names, mayDecide, mayApprove } = await deps.drift.list(customer, actor);
  const notice = noticeOf(given.acted, language);
  return driftCard({ ...view, names: names.size === 0 ? null : names, mayDecide, mayApprove, notice }, frame);
}

/** A stored shape: how a press ended, kept until Teams has surely stopped delivering it. */
const text = z.object({ en: z.string(), de: z.string() });
const outcomeSchema = z.object({
  outcome: z.enum(['recorded', 'already', 'stale', 'refused']),
  code: z.string().optional(),
  text,
});

/** Decides, and gives what to remember of it. */
export async function decideDrift(press: Press, verdict: DriftVerdict, data: Shown): Promise<Json> {
  const { deps, customer, actor } = press;
  const outcome: DriftOutcome = await deps.drift.decide(customer, actor, { id: data.id, digest: data.digest, verdict });
  return outcomeSchema.parse(outcome) as unknown as Json;
}

/** What is said before the present state; whoever may not decide is told so instead. */
function noticeOf(acted: Json, language: Language): string | null {
  if (acted === null) return null;
  const { outcome, code, text: said } = outcomeSchema.parse(acted);
  if (outcome === 'recorded') return null;
  if (code === 'not_your_decision') throw new AppError(code, said.en, { userMessage: said.en });
  return said[language];
}
