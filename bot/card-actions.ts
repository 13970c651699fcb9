import { z } from 'zod';
import type { Json } from '../src/lib/canonical-json.ts';
import { AppError } from '../src/lib/errors.ts';
import { isStorableValue } from '../src/lib/storable-text.ts';
import type { Actor } from '../src/rollout/access/access.core.ts';
import type { Decision, DecisionOutcome } from '../src/rollout/approvals/approvals.core.ts';
import type { PhaseVerdict } from '../src/rollout/approvals/phase-approval.core.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import type { DriftVerdict } from '../src/rollout/drift/drift-types.core.ts';
import { TOPIC_IDS, type TopicId } from '../src/rollout/helpdesk/faq/faq-types.core.ts';
import { ANSWER_KINDS, type AnswerKind } from '../src/rollout/holdouts/holdout-types.core.ts';
import { actorFor, customerFor, identityOf, languageFor, type Place } from './actor.ts';
import type { InvokeAnswer } from './adapter.ts';
import type { Card } from './cards/card.ts';
import type { ExceptionView } from './cards/exceptions.card.ts';
import { answerCard } from './cards/faq.card.ts';
import { messageCard } from './cards/notice.card.ts';
import { type Language, textsIn } from './cards/texts.ts';
import type { BotDeps } from './deps.ts';
import { decideDrift, driftShown, driftView } from './drift-views.ts';
import { handOver, handOverCardOf } from './hand-over.ts';
import { endSessions, helpShown, issuePass, passAsked, passView, withdrawPass } from './help-views.ts';
import { answerHoldout, holdoutShown, holdoutView } from './holdout-views.ts';
import type { Inbound } from './inbound.ts';
import {
  classesView,
  classShown,
  mfaShown,
  PERSON_VERBS,
  type PersonVerb,
  personView,
  pressClass,
  pressPerson,
} from './person-views.ts';
import { phaseNotice, rememberedPhase } from './phase-outcome.ts';
import { type PhasePlace, phaseAt } from './phase-views.ts';
import { storedCard } from './proactive.ts';
import {
  draftView,
  driftFrame,
  emergencyCardFor,
  exceptionsView,
  faqCardOf,
  phaseView,
  takeoverFrame,
} from './subject-cards.ts';
import { approveTakeover, takeoverViewFor, undoEverything, undoTakeover } from './takeover-views.ts';

/** One press, its sender verified and its customer found. */
type Press = { deps: BotDeps; inbound: Inbound; customer: Customer; actor: Actor; language: Language };

/**
 * What stands behind a button. `act` changes something, once, and gives what to remember of it; `answer` draws what the
 * person sees. A refresh that Teams sends by itself only ever draws.
 */
type Verb<D extends z.ZodType = z.ZodType> = {
  data: D;
  act?: (press: Press, data: z.output<D>) => Promise<Json>;
  answer(press: Press, data: z.output<D>, acted: Json): Promise<Answer>;
  /**
   * Stands for `act` where the answer holds what nothing may remember, or a vendor is asked; what is behind it is safe to
   * be pressed twice.
   */
  reveal?: (press: Press, data: z.output<D>) => Promise<Answer>;
};

type Answer = Card | { message: string };

const id = z.guid().transform((text) => text.toLowerCase());
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const seen = z.string().max(100);
const topic = z.enum(TOPIC_IDS);

const shown = z.strictObject({ customer: id, digest: digest.optional(), seen: seen.optional() });
const pressed = z.strictObject({ customer: id, digest, seen: seen.optional() });
/** A phase by its rollout and its place, with what stood on the card. */
const phaseShown = z.strictObject({
  ...{ customer: id, id, phase: z.string().regex(/^\d{1,4}$/), revision: z.string().regex(/^\d{1,9}$/) },
  ...{ digest: digest.optional(), seen: seen.optional() },
});
const picked = z.strictObject({ customer: id, topic });

/** Everything that a card's button can ask for. */
export const VERBS: Readonly<Record<string, Verb>> = {
  'exceptions.view': verb({ data: shown, answer: (press) => exceptionsView(press.deps, press, null) }),
  'exceptions.sign': verb({
    data: pressed,
    act: async ({ deps, customer, actor }, data) => remembered(await deps.signOff.sign(customer, actor, data.digest)),
    answer: (press, _data, acted) => decided(press, acted, (notice) => exceptionsView(press.deps, press, notice)),
  }),
  'draft.view': verb({ data: shown, answer: (press) => draftView(press.deps, press, null) }),
  'draft.approve': decision('approved'),
  'draft.hold': decision('held'),
  'draft.push': verb({
    data: pressed,
    act: async ({ deps, customer, actor }, data) => {
      await deps.pushes.push(customer, actor, data.digest);
      return true;
    },
    answer: (press) => draftView(press.deps, press, null),
  }),
  'draft.undo': verb({
    data: pressed,
    act: async ({ deps, customer, actor }) => {
      await deps.pushes.undo(customer, actor);
      return true;
    },
    answer: (press) => draftView(press.deps, press, null),
  }),
  'phase.view': verb({
    data: phaseShown,
    answer: (press, data) => phaseView(press.deps, press, { place: placeOf(data), notice: null }),
  }),
  'phase.approve': phaseDecision('approve'),
  'phase.hold': phaseDecision('hold'),
  'phase.resume': phaseDecision('resume'),
  'phase.rollBack': phaseDecision('rollBack'),
  'phase.askAgain': phaseDecision('askAgain'),
  ...Object.fromEntries(ANSWER_KINDS.map((kind) => [`holdouts.${kind}`, holdoutAnswer(kind)])),
  'pass.view': verb({ data: helpShown, answer: (press, data) => passView(press, data, null) }),
  'pass.issue': verb({ data: passAsked, reveal: issuePass, answer: (press, data) => passView(press, data, null) }),
  'pass.withdraw': verb({
    data: helpShown,
    // Graph is asked, which nobody's transaction may wait for; of two presses the second finds no pass.
    reveal: async (press, data) => passView(press, data, await withdrawPass(press, data)),
    answer: (press, data) => passView(press, data, null),
  }),
  'sessions.end': verb({ data: helpShown, act: endSessions, answer: passView }),
  'takeover.view': verb({
    data: z.strictObject({ customer: id }),
    answer: (press) => takeoverShown(press, null),
  }),
  'takeover.approve': verb({
    data: z.strictObject({ customer: id, digest }),
    act: (press, data) => approveTakeover(press, data.digest),
    answer: (press, _data, acted) => takeoverShown(press, acted),
  }),
  'takeover.undo': verb({
    data: z.strictObject({ customer: id }),
    act: undoTakeover,
    answer: (press, _data, acted) => takeoverShown(press, acted),
  }),
  'undo.ask': verb({
    data: z.strictObject({ customer: id }),
    answer: (press) => takeoverShown(press, null, true),
  }),
  'undo.everything': verb({
    data: z.strictObject({ customer: id }),
    act: undoEverything,
    answer: (press, _data, acted) => takeoverShown(press, acted),
  }),
  'emergency.view': verb({
    data: z.strictObject({ customer: id }),
    answer: (press) => emergencyCardFor(press.deps, press),
  }),
  'emergency.drill': verb({
    data: z.strictObject({ customer: id, who: id }),
    act: async ({ deps, customer, actor }, { who }) =>
      (await deps.emergency.startDrillAs(customer, actor, who)).outcome,
    answer: (press) => emergencyCardFor(press.deps, press),
  }),
  'drift.view': verb({
    data: driftShown,
    answer: (press, data) => driftView(press, data, { acted: null, frameOf: driftFrame }),
  }),
  'drift.restore': driftDecision('restore'),
  'drift.accept': driftDecision('accept'),
  'person.view': verb({ data: mfaShown, answer: (press, data) => personView(press, data, null) }),
  ...Object.fromEntries(PERSON_VERBS.map((name) => [`person.${name}`, personPress(name)])),
  'classes.view': verb({ data: z.strictObject({ customer: id }), answer: (press) => classesView(press, null) }),
  'classes.enforce': classPress('enforce'),
  'classes.carveOut': classPress('carveOut'),
  'faq.pick': verb({
    data: picked,
    answer: ({ deps, customer, language }, data) =>
      Promise.resolve(faqCardOf(deps, customer, { language, picked: data.topic })),
  }),
  'faq.topic': verb({ data: picked, answer: (press, data) => topicAnswer(press, data.topic) }),
  'faq.private': verb({
    data: picked,
    act: async (press, data) => {
      const { deps, customer, actor, inbound } = press;
      const content = storedCard(await topicAnswer(press, data.topic, true));
      const key = `private:${inbound.conversation.id}:${inbound.id}`;
      const target = { to: 'person', ...actor.identity } as const;
      await deps.conversations.plan(customer.id, { key, target, content, subject: null });
      return true;
    },
    answer: ({ language }) => Promise.resolve({ message: textsIn(language).sentPrivately }),
  }),
  'faq.person': verb({
    data: picked,
    act: async ({ deps, customer, actor, inbound, language }, data) => {
      const { title } = deps.faq.topic(data.topic, language);
      return handOver(deps, { customer, actor, inbound }, { question: title, topicTitle: title });
    },
    answer: ({ language }, _data, told) =>
      Promise.resolve(messageCard({ text: textsIn(language).handedOver(Number(told ?? 0)) })),
  }),
  'handOver.take': verb({
    data: z.strictObject({ customer: id, id }),
    act: async ({ deps, customer, actor }, data) => {
      requireHelper(actor);
      const { isFirst } = await deps.conversations.take(customer.id, data.id, actor);
      return isFirst;
    },
    answer: (press, data) => handedOver(press, data.id),
  }),
  'handOver.view': verb({
    data: z.strictObject({ customer: id, id }),
    answer: (press, data) => handedOver(press, data.id),
  }),
};

/** Keeps a verb's types together until they are hidden in the table. */
function verb<D extends z.ZodType>(made: Verb<D>): Verb {
  return made as unknown as Verb;
}

function decision(verdict: 'approved' | 'held'): Verb {
  return verb({
    data: pressed,
    act: async ({ deps, customer, actor }, data) => {
      const press = { digest: data.digest, verdict, seen: data.seen ?? null };
      return remembered(await deps.drafts.decide(customer, actor, press));
    },
    answer: (press, _data, acted) => decided(press, acted, (notice) => draftView(press.deps, press, notice)),
  });
}

function phaseDecision(verdict: PhaseVerdict): Verb {
  return verb({
    data: phaseShown,
    act: async (press, data) => {
      const { deps, customer, actor } = press;
      const found = await phaseAt(deps, customer, placeOf(data));
      if (found === undefined) return null;
      const given = { phase: found.phase.name, verdict, digest: data.digest ?? '', seen: data.seen ?? null };
      const outcome = await deps.approvals.decide(customer, actor, given);
      return rememberedPhase(outcome, found.phase.revision !== Number(data.revision));
    },
    answer: (press, data, acted) => {
      const notice = phaseNotice(press.actor, acted, press.language);
      return phaseView(press.deps, press, { place: placeOf(data), notice });
    },
  });
}

function driftDecision(verdict: DriftVerdict): Verb {
  return verb({
    data: driftShown,
    act: (press, data) => decideDrift(press, verdict, data),
    answer: (press, data, acted) => driftView(press, data, { acted, frameOf: driftFrame }),
  });
}

function personPress(name: PersonVerb): Verb {
  return verb({
    data: mfaShown,
    act: (press, data) => pressPerson(press, name, data),
    answer: (press, data, acted) => personView(press, data, acted),
  });
}

function classPress(verdict: 'enforce' | 'carveOut'): Verb {
  return verb({
    data: classShown,
    act: (press, data) => pressClass(press, verdict, data),
    answer: (press, _data, acted) => classesView(press, acted),
  });
}

function holdoutAnswer(kind: AnswerKind): Verb {
  return verb({
    data: holdoutShown,
    act: (press, data) => answerHoldout(press, kind, data),
    answer: holdoutView,
  });
}

async function takeoverShown(press: Press, acted: Json, isAsked = false): Promise<Answer> {
  const frame = await takeoverFrame(press.deps, press.customer, press.language);
  return takeoverViewFor(press, frame, { acted, isAsked });
}

function placeOf({ id: rolloutId, phase }: z.output<typeof phaseShown>): PhasePlace {
  return { rolloutId, ordinal: Number(phase) };
}

/** The value of an `adaptiveCard/action` as Teams sends it. */
const actionValue = z.looseObject({
  action: z.looseObject({ type: z.literal('Action.Execute'), verb: z.string().max(100), data: z.unknown() }),
  trigger: z.enum(['manual', 'automatic']).nullish(),
});

/**
 * Answers the press of a button or a refresh. Throws an AppError with what to say where it cannot; the same activity
 * delivered again has no second effect.
 */
export async function answerAction(deps: BotDeps, place: Place, inbound: Inbound): Promise<InvokeAnswer> {
  const value = actionValue.safeParse(inbound.value);
  const found =
    value.success && Object.hasOwn(VERBS, value.data.action.verb) ? VERBS[value.data.action.verb] : undefined;
  if (!value.success || found === undefined) throw new AppError('action_unknown', 'no such verb');
  const carried = value.data.action.data ?? {};
  const data = found.data.safeParse(carried);
  if (!data.success || !isStorableValue(carried))
    throw new AppError('action_data', 'the data of the button is not what it carries');
  const identity = identityOf(place, inbound);
  if (identity === null) throw new AppError('not_granted', 'nobody is known to have pressed');
  const named = (data.data as { customer: string }).customer;
  const customer = await customerFor(deps, place, { named, identity });
  const actor = await actorFor(deps, customer, { identity, name: inbound.from.name });
  const press: Press = { deps, inbound, customer, actor, language: languageFor(customer, inbound) };
  const isAutomatic = value.data.trigger === 'automatic';
  if (found.reveal !== undefined && !isAutomatic) return invokeAnswer(await found.reveal(press, data.data));
  const acts = isAutomatic ? undefined : found.act;
  const acted = acts === undefined ? null : await actOnce(press, () => acts(press, data.data));
  return invokeAnswer(await found.answer(press, data.data, acted));
}

/** An activity without an id cannot be told from another one; what stands behind the buttons is safe without. */
function actOnce({ deps, customer, inbound }: Press, act: () => Promise<Json>): Promise<Json> {
  const delivery = { conversationId: inbound.conversation.id, activityId: inbound.id };
  return inbound.id === '' ? act() : deps.conversations.once(customer.id, delivery, act);
}

function invokeAnswer(answer: Answer): InvokeAnswer {
  if ('type' in answer) return { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: answer };
  return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: answer.message };
}

/** A stored shape: how a press ended, kept until Teams has surely stopped delivering it. */
const outcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.enum(['recorded']) }),
  z.object({
    outcome: z.literal('already'),
    decision: z.object({
      id: z.string(),
      subject: z.enum(['exceptions', 'policyDraft']),
      digest: z.string(),
      verdict: z.enum(['signed', 'approved', 'held']),
      by: z.object({ tenantId: z.string(), objectId: z.string() }),
      displayName: z.string().nullable(),
      at: z.string(),
    }),
  }),
  z.object({ outcome: z.literal('stale') }),
  z.object({ outcome: z.literal('refused'), code: z.string(), message: z.string() }),
]);

function remembered(outcome: DecisionOutcome): Json {
  return outcomeSchema.parse(outcome) as unknown as Json;
}

/**
 * Draws how a press ended: the new state, with who was faster or that the content changed. Null: a refresh. Rejects with
 * what stood against it.
 */
async function decided(
  { actor }: Press,
  acted: Json,
  draw: (notice: ExceptionView['notice']) => Promise<Answer>,
): Promise<Answer> {
  if (acted === null) return draw(null);
  const outcome = outcomeSchema.parse(acted);
  switch (outcome.outcome) {
    case 'recorded':
      return draw(null);
    case 'already':
      return draw(isOwn(outcome.decision, actor) ? null : { already: outcome.decision });
    case 'stale':
      return draw('stale');
    case 'refused':
      throw new AppError(outcome.code, outcome.message, { userMessage: outcome.message });
  }
}

/** Who presses twice is not told that somebody was faster. */
function isOwn({ by }: Decision, { identity }: Actor): boolean {
  return by.tenantId === identity.tenantId && by.objectId === identity.objectId;
}

/** The answer to a topic; with the asker's own facts where nobody else reads them. */
async function topicAnswer(
  { deps, customer, actor, inbound, language }: Press,
  topicId: TopicId,
  isPrivate = inbound.conversation.kind === 'personal',
): Promise<Card> {
  const text = deps.faq.topic(topicId, language);
  return answerCard({
    customerId: customer.id,
    language,
    topic: text,
    guideUrl: deps.guideUrl(customer, language, text.guide),
    own: isPrivate ? await deps.people.ownFacts(customer, actor.identity.objectId) : undefined,
  });
}

/** The card of a hand-over, for somebody who may take it. */
async function handedOver({ deps, customer, actor }: Press, handOverId: string): Promise<Card> {
  requireHelper(actor);
  const made = await handOverCardOf(deps, customer, `handOver:${handOverId}`);
  if (made === undefined) throw new AppError('hand_over_unknown', 'there is no such hand-over');
  return made.card;
}

function requireHelper(actor: Actor): void {
  if (actor.roles.some((role) => role === 'helpdesk' || role === 'engineer')) return;
  const userMessage = 'Only somebody with the role helpdesk takes a question. Your engineer can grant it.';
  throw new AppError('not_your_decision', userMessage, { userMessage });
}
