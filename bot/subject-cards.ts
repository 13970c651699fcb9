import { shortDigest } from '../src/lib/digest.ts';
import { AppError } from '../src/lib/errors.ts';
import { type Actor, may, type Right, ROLES } from '../src/rollout/access/access.core.ts';
import type { Decision } from '../src/rollout/approvals/approvals.core.ts';
import { mayDecide as permission } from '../src/rollout/approvals/sign-off.ts';
import { phaseInSubject } from '../src/rollout/conversations/phase-cards.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import { driftInSubject } from '../src/rollout/drift/drift-subject.core.ts';
import { REPORT_SUBJECT } from '../src/rollout/evidence/report-closing.ts';
import type { TopicId } from '../src/rollout/helpdesk/faq/faq-types.core.ts';
import { germanAnswer } from '../src/rollout/helpdesk/german-words.core.ts';
import type { Card } from './cards/card.ts';
import { draftCard } from './cards/draft.card.ts';
import { type ExceptionView, exceptionsCard, exceptionsViewCard, type Frame } from './cards/exceptions.card.ts';
import { faqCard } from './cards/faq.card.ts';
import { guideCard, messageCard, pinCard } from './cards/notice.card.ts';
import { type DrawnPhase, type PhaseView, phaseCard } from './cards/phase.card.ts';
import { phaseTextsIn } from './cards/phase-texts.ts';
import { reportCard } from './cards/report.card.ts';
import { type Language, textsIn } from './cards/texts.ts';
import type { BotDeps, TabPage } from './deps.ts';
import { driftCopy } from './drift-views.ts';
import { emergencyCopy, emergencyView } from './emergency-views.ts';
import { handOverCardOf } from './hand-over.ts';
import { passCopy } from './help-views.ts';
import { holdoutCopy } from './holdout-views.ts';
import { type PhasePlace, phaseAt, phaseCalled, phaseFacts, shownOfPhase, viewedBy } from './phase-views.ts';
import { takeoverCopy } from './takeover-views.ts';

/** A card as it goes to everybody, and what it shows: two with the same `shown` look alike. */
export type SubjectCard = { card: Card; shown: string };

/**
 * Draws the copy of a subject's card that everybody may see. Before there is anything to decide about, it says so.
 * Refuses with `subject_unknown`.
 */
export async function subjectCard(deps: BotDeps, customer: Customer, subject: string): Promise<SubjectCard> {
  try {
    return await drawn(deps, customer, subject);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'snapshot_part_missing') throw error;
    const { language } = customer.settings;
    return { card: messageCard({ text: textsIn(language).unavailable }), shown: 'unavailable' };
  }
}

function drawn(deps: BotDeps, customer: Customer, subject: string): Promise<SubjectCard> {
  switch (subject) {
    case 'exceptions':
      return exceptionsCopy(deps, customer);
    case 'policyDraft':
      return draftCopy(deps, customer);
    case 'takeover':
      return takeoverFrame(deps, customer, customer.settings.language).then((frame) =>
        takeoverCopy(deps, customer, frame),
      );
    case REPORT_SUBJECT:
      return totalsCopy(deps, customer);
    case 'guide':
    case 'pin':
    case 'faq':
      return Promise.resolve(standingCard(deps, customer, subject));
    default: {
      const phase = phaseInSubject(subject);
      return phase === null ? personalCopy(deps, customer, subject) : phaseCopy(deps, customer, phase);
    }
  }
}

/** The frame of a finding's card: those who may see names get a view of their own. */
export function driftFrame(deps: BotDeps, customer: Customer, language: Language): Promise<Frame> {
  return frameOf(deps, { customer, language, page: 'drift', right: 'seeDrift' });
}

async function totalsCopy(deps: BotDeps, customer: Customer): Promise<SubjectCard> {
  const totals = await deps.reports.totals(customer.id);
  if (totals === null) throw new AppError('subject_unknown', 'no report has closed a rollout of this customer');
  const { language } = customer.settings;
  const frame = await frameOf(deps, { customer, language, page: 'rollout', right: 'seePeople' });
  return { card: reportCard(totals, frame), shown: totals.digest };
}

async function personalCopy(deps: BotDeps, customer: Customer, subject: string): Promise<SubjectCard> {
  const findingId = driftInSubject(subject);
  if (findingId !== null) return driftCopy(deps, { customer, findingId }, driftFrame);
  const emergency = await emergencyCopy(deps, { customer, subject }, () => emergencyFrame(deps, customer));
  if (emergency !== null) return emergency;
  const pass = await passCopy(deps, customer, subject);
  if (pass !== null) return pass;
  return (await holdoutCopy(deps, customer, subject)) ?? handOverCopy(deps, customer, subject);
}

async function phaseCopy(deps: BotDeps, customer: Customer, name: string): Promise<SubjectCard> {
  const { language } = customer.settings;
  const found = await phaseCalled(deps, customer, name);
  if (found === undefined) return { card: messageCard({ text: phaseTextsIn(language).gone }), shown: 'gone' };
  const facts = await phaseFacts(deps, { customer, actor: product(customer), found });
  const frame = await phaseFrame(deps, customer, { language, name });
  const view = { ...facts, mayDecide: null, hasApproved: false, notice: null };
  return { card: phaseCard(view, frame), shown: shownOfPhase(facts, frame) };
}

function phaseFrame(
  deps: BotDeps,
  customer: Customer,
  { language, name }: { language: Language; name: string },
): Promise<Frame> {
  const page = `rollout/${encodeURIComponent(name)}` as const;
  return frameOf(deps, { customer, language, page, right: 'approvePhase' });
}

async function exceptionsCopy(deps: BotDeps, customer: Customer): Promise<SubjectCard> {
  const review = await deps.signOff.review(customer, nobody(customer));
  const { language } = customer.settings;
  const frame = await frameOf(deps, { customer, language, page: 'exceptions', right: 'seeExceptions' });
  const { total, byKind } = review.counts;
  const card = exceptionsCard({ ...review, shortDigest: shortDigest(review.digest), total, byKind }, frame);
  return { card, shown: shownOf(review.digest, review.signature, frame) };
}

async function draftCopy(deps: BotDeps, customer: Customer): Promise<SubjectCard> {
  const { language } = customer.settings;
  const review = await deps.drafts.review(customer, product(customer), language);
  const frame = await frameOf(deps, { customer, language, page: 'policy', right: 'seePolicyDraft' });
  const facts = { ...review, shortDigest: shortDigest(review.digest) };
  const push = review.push && { ...review.push, preview: null };
  const card = draftCard({ ...facts, push, mayDecide: null, notice: null }, frame);
  const pushed = JSON.stringify(review.push?.last ?? null);
  return { card, shown: `${shownOf(review.digest, review.state, frame)}|${pushed}` };
}

/** Cards that stay as they are. */
function standingCard(deps: BotDeps, customer: Customer, subject: 'guide' | 'pin' | 'faq'): SubjectCard {
  const { language } = customer.settings;
  const guideUrl = deps.guideUrl(customer, language, null);
  switch (subject) {
    case 'guide':
      return { card: guideCard({ language, guideUrl }), shown: guideUrl };
    case 'pin':
      return { card: pinCard({ language, guideUrl }), shown: guideUrl };
    case 'faq':
      return { card: faqCardOf(deps, customer, { language, picked: null }), shown: guideUrl };
  }
}

/** The card of all questions, with the answer to the picked one. */
export function faqCardOf(
  deps: BotDeps,
  customer: Customer,
  { language, picked }: { language: Language; picked: TopicId | null },
): Card {
  const topics = deps.faq.topics.map((topic) => ({ topic, title: deps.faq.topic(topic, language).title }));
  return faqCard({
    customerId: customer.id,
    language,
    topics,
    guideUrl: deps.guideUrl(customer, language, null),
    picked: picked === null ? null : deps.faq.topic(picked, language),
  });
}

async function handOverCopy(deps: BotDeps, customer: Customer, subject: string): Promise<SubjectCard> {
  const made = await handOverCardOf(deps, customer, subject);
  if (made === undefined) throw new AppError('subject_unknown', `there is no card of the subject ${subject}`);
  return made;
}

/** The card of the exceptions as one person may see it. */
export async function exceptionsView(
  deps: BotDeps,
  { customer, actor, language }: { customer: Customer; actor: Actor; language: Language },
  notice: ExceptionView['notice'],
): Promise<Card> {
  const review = await deps.signOff.review(customer, actor);
  const frame = await frameOf(deps, { customer, language, page: 'exceptions', right: 'seeExceptions' });
  const { total, byKind } = review.counts;
  const mayDecide = toldIn(language, review.mayDecide);
  const facts = { ...review, mayDecide, shortDigest: shortDigest(review.digest), total, byKind, notice };
  return exceptionsViewCard(facts, frame);
}

/** The card of the policy draft as one person may see it. */
export async function draftView(
  deps: BotDeps,
  { customer, actor, language }: { customer: Customer; actor: Actor; language: Language },
  notice: ExceptionView['notice'],
): Promise<Card> {
  const review = await deps.drafts.review(customer, actor, language);
  const frame = await frameOf(deps, { customer, language, page: 'policy', right: 'seePolicyDraft' });
  const mayDecide = toldIn(language, review.mayDecide);
  return draftCard({ ...review, mayDecide, shortDigest: shortDigest(review.digest), notice }, frame);
}

/** The frame of the takeover's card. */
export function takeoverFrame(deps: BotDeps, customer: Customer, language: Language): Promise<Frame> {
  return frameOf(deps, { customer, language, page: 'takeover', right: 'approveTakeover' });
}

function emergencyFrame(deps: BotDeps, customer: Customer, language = customer.settings.language): Promise<Frame> {
  return frameOf(deps, { customer, language, page: 'policy', right: 'drillBreakGlass' });
}

/** The card of the break-glass accounts as one person may see it: names and buttons for an engineer. */
export async function emergencyCardFor(
  deps: BotDeps,
  press: { customer: Customer; actor: Actor; language: Language },
): Promise<Card> {
  return emergencyView(deps, press, await emergencyFrame(deps, press.customer, press.language));
}

type PhaseReading = { customer: Customer; actor: Actor; language: Language };

/**
 * The card of a phase as one person may see it: counts for everybody, buttons for those who decide. Those who look at
 * once share one reading, which began after each of them asked. Not to be called inside a transaction.
 */
export async function phaseView(
  deps: BotDeps,
  { customer, actor, language }: PhaseReading,
  { place, notice }: { place: PhasePlace; notice: PhaseView['notice'] },
): Promise<Card> {
  const read = () => drawnPhase(deps, { customer, language, place });
  const key = `${customer.id} ${place.rolloutId} ${place.ordinal} ${language}`;
  const drawn = await (deps.sharePhase === undefined ? read() : deps.sharePhase(key, read));
  if (drawn === undefined) return messageCard({ text: phaseTextsIn(language).gone });
  const mayDecide = toldIn(language, permission(actor, 'approvePhase'));
  return phaseCard({ ...viewedBy(actor, drawn.facts, notice), mayDecide }, drawn.frame);
}

/** What every card of the phase shows, whoever looks. */
async function drawnPhase(
  deps: BotDeps,
  { customer, language, place }: { customer: Customer; language: Language; place: PhasePlace },
): Promise<DrawnPhase | undefined> {
  const found = await phaseAt(deps, customer, place);
  if (found === undefined) return undefined;
  return {
    facts: await phaseFacts(deps, { customer, actor: product(customer), found }),
    frame: await phaseFrame(deps, customer, { language, name: found.phase.name }),
  };
}

/** Why somebody may not decide, in the reader's language. */
function toldIn<T extends { yes: true } | { yes: false; why: string }>(language: Language, mayDecide: T): T {
  return language === 'de' ? germanAnswer(mayDecide) : mayDecide;
}

type FrameWish = {
  customer: Customer;
  language: Language;
  page: TabPage;
  right: Right;
};

async function frameOf(deps: BotDeps, { customer, language, page, right }: FrameWish): Promise<Frame> {
  return {
    customerId: customer.id,
    customerName: customer.name,
    language,
    timeZone: customer.settings.timeZone,
    tabUrl: await deps.tabUrl(customer, page),
    viewers: await viewersOf(deps, customer, right),
  };
}

/** Those who may see more than everybody, by the id under which Teams knows them towards the bot. */
async function viewersOf(deps: BotDeps, customer: Customer, right: Right): Promise<string[]> {
  const grants = await deps.access.list(customer.id);
  const chats = await deps.conversations.list(customer.id);
  const entitled = new Set(
    grants
      .filter(({ identity, role }) =>
        may({ customerId: customer.id, identity, roles: [role], displayName: null }, right),
      )
      .map(({ identity }) => `${identity.tenantId} ${identity.objectId}`),
  );
  const ids = chats
    .filter((chat) => chat.kind === 'personal' && entitled.has(`${chat.tenantId} ${chat.party}`))
    .flatMap((chat) => chat.userId ?? []);
  return [...new Set(ids)].sort();
}

function shownOf(digest: string, state: { state: string; decision?: Decision }, frame: Frame): string {
  return [digest, state.state, state.decision?.id ?? '', frame.viewers.join(' ')].join('|');
}

const NO_ONE = '00000000-0000-0000-0000-000000000000';

/** An actor without any right: what he may see, everybody may see. */
function nobody(customer: Customer): Actor {
  return { customerId: customer.id, identity: { tenantId: NO_ONE, objectId: NO_ONE }, roles: [], displayName: null };
}

/** The product reading for itself. What it puts on a card is counts and the plain sentence. */
function product(customer: Customer): Actor {
  return { ...nobody(customer), roles: ROLES };
}
