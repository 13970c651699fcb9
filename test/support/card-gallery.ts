/** Every card of the bot, each in its states, with invented and with hostile content. */
import { type Card, execute } from '../../bot/cards/card.ts';
import { type DraftView, draftCard } from '../../bot/cards/draft.card.ts';
import {
  type ExceptionCounts,
  type ExceptionView,
  exceptionsCard,
  exceptionsViewCard,
  type Frame,
} from '../../bot/cards/exceptions.card.ts';
import { answerCard, askBackCard, faqCard, handOverCard } from '../../bot/cards/faq.card.ts';
import {
  customersCard,
  guideCard,
  helpCard,
  messageCard,
  type PhaseLine,
  pinCard,
  statusCard,
} from '../../bot/cards/notice.card.ts';
import { type PhaseView, phaseCard } from '../../bot/cards/phase.card.ts';
import { reportCard } from '../../bot/cards/report.card.ts';
import { type Language, textsIn } from '../../bot/cards/texts.ts';
import type { Decision } from '../../src/rollout/approvals/approvals.core.ts';
import type { PhaseDecision } from '../../src/rollout/approvals/phase-approval.core.ts';
import type { ExceptionRow } from '../../src/rollout/exceptions/exception-types.core.ts';
import { createFaq } from '../../src/rollout/helpdesk/faq/faq.ts';
import { inGerman } from '../../src/rollout/helpdesk/german-words.core.ts';
import { driftCards } from './drift-cards.ts';
import { emergencyCards } from './emergency-cards.ts';
import { helpCards } from './help-cards.ts';
import { holdoutCards } from './holdout-cards.ts';
import { personCards } from './person-cards.ts';
import { takeoverCards } from './takeover-cards.ts';

/** Findings were not read. */
const TOTALS = {
  takenAt: new Date('2026-11-20T09:30:00Z'),
  figures: {
    'accounts.inScope': 204,
    'scope.enforced': 190,
    'scope.excepted': 12,
    'scope.notEnforced': 2,
    'scope.unknown': 0,
  },
};
const CUSTOMER = '0c0a50de-0000-4000-8000-000000000001';
const DIGEST = `sha256:${'ab12'.repeat(16)}`;
const GUIDE = `https://mfa.example.com/guide/${CUSTOMER}/en`;
const KINDS = ['serviceAccount', 'sharedMailbox', 'onLeave', 'breakGlass'] as const;
const faq = createFaq();

/** A decision of somebody with this name. */
export function decisionOf(displayName: string, verdict: Decision['verdict'] = 'signed'): Decision {
  return {
    id: 'exceptions-1',
    subject: 'exceptions',
    digest: DIGEST,
    verdict,
    by: { tenantId: CUSTOMER, objectId: CUSTOMER },
    displayName,
    at: '2026-11-20T09:30:00Z',
  };
}

/** So many rows, all of this name. */
export function rowsOf(count: number, displayName: string): ExceptionRow[] {
  return Array.from({ length: count }, (_, index) => ({
    accountId: `cccccccc-0000-4000-8000-${String(index).padStart(12, '0')}`,
    displayName,
    userPrincipalName: null,
    kind: KINDS[index % KINDS.length] ?? 'onLeave',
    directorySync: false,
    evidence: [],
    owner: { accountId: null, why: '' },
    reason: '',
    compensatingControl: '',
    endsAt: index % 4 === 3 ? null : '2027-02-18',
    reviewAt: index % 4 === 3 ? '2027-02-18' : null,
    proposal: 'exclude',
    signInBlocked: false,
    signed: false,
  }));
}

/** Every card, by name, in a language; `name` is what somebody else is called, `longest` makes everything long. */
export function gallery(language: Language, name = 'Alex Example'): Record<string, Card> {
  const frame: Frame = {
    customerId: CUSTOMER,
    customerName: name,
    language,
    timeZone: 'Europe/Berlin',
    tabUrl: 'https://teams.microsoft.com/l/entity/app/overview',
    viewers: Array.from({ length: 80 }, (_, index) => `29:1${'x'.repeat(60)}${index}`),
  };
  return {
    ...exceptionCards(frame, name),
    ...draftCards(frame, name),
    ...faqCards(language, name),
    ...notices(language, name),
    ...phaseCards(frame, name),
    ...holdoutCards(frame, name),
    ...personCards(frame, name),
    'report-totals': reportCard(TOTALS, frame),
    ...emergencyCards(frame, name),
    ...driftCards(frame, name),
    ...takeoverCards(frame, name),
    ...helpCards(frame, name),
  };
}

function exceptionCards(frame: Frame, name: string): Record<string, Card> {
  const counts: ExceptionCounts = {
    digest: DIGEST,
    shortDigest: 'ab12ab12ab12',
    total: 14,
    byKind: { breakGlass: 2, serviceAccount: 6, sharedMailbox: 4, onLeave: 2 },
    signature: { state: 'unsigned' },
  };
  const view: ExceptionView = { ...counts, rows: rowsOf(14, name), mayDecide: { yes: true }, notice: null };
  const signed = { state: 'signed', decision: decisionOf(name) } as const;
  const many = { ...view, rows: rowsOf(21, name), total: 21 };
  const mayNot = notAllowed(frame);
  return {
    'exceptions-open': exceptionsCard(counts, frame),
    'exceptions-signed': exceptionsCard({ ...counts, signature: signed }, frame),
    'exceptions-outdated': exceptionsCard({ ...counts, signature: { ...signed, state: 'outdated' } }, frame),
    'exceptions-view': exceptionsViewCard(view, frame),
    'exceptions-view-longest': exceptionsViewCard({ ...view, rows: rowsOf(20, name), total: 20 }, frame),
    'exceptions-view-many': exceptionsViewCard(many, frame),
    'exceptions-view-stale': exceptionsViewCard({ ...view, notice: 'stale' }, frame),
    'exceptions-view-late': exceptionsViewCard(
      { ...view, signature: signed, notice: { already: signed.decision } },
      frame,
    ),
    'exceptions-view-nobody': exceptionsViewCard({ ...view, rows: null, mayDecide: mayNot }, frame),
  };
}

/** As the product tells it to somebody who may look and not decide. */
function notAllowed({ language }: Frame): { yes: false; why: string } {
  const why = 'Only somebody with the role approver decides this. Your engineer can grant it.';
  return { yes: false, why: language === 'de' ? inGerman(why) : why };
}

const SENTENCES: Readonly<Record<Language, string>> = {
  en: 'Once enforced, these 182 people would have to use MFA everywhere; these 2 break-glass accounts would never have to; these 10 accounts would not, until 18 February 2027; nobody else would change; until then both policies only report and nothing changes.',
  de: 'Sobald erzwungen wird, müssten diese 182 Personen überall MFA verwenden; diese 2 Notfallkonten nie; diese 10 Konten nicht, bis zum 18. Februar 2027; für niemanden sonst ändert sich etwas; bis dahin berichten beide Richtlinien nur, und nichts ändert sich.',
};

function draftCards(frame: Frame, name: string): Record<string, Card> {
  const view: DraftView = {
    digest: DIGEST,
    shortDigest: 'ab12ab12ab12',
    sentence: SENTENCES[frame.language],
    policies: ['MFA Rollout OBSERVE', 'MFA Rollout ENFORCE'],
    changes: 2,
    stuck: 3,
    findings: 1,
    state: { state: 'open' },
    mayDecide: null,
    notice: null,
  };
  const approved = { state: 'approved', decision: decisionOf(name, 'approved') } as const;
  return {
    'draft-channel': draftCard(view, frame),
    'draft-engineer': draftCard({ ...view, mayDecide: { yes: true } }, frame),
    'draft-held': draftCard(
      { ...view, mayDecide: { yes: true }, state: { state: 'held', decision: decisionOf(name, 'held') } },
      frame,
    ),
    'draft-approved': draftCard({ ...view, state: approved }, frame),
    'draft-late': draftCard({ ...view, state: approved, notice: { already: approved.decision } }, frame),
    'draft-viewer': draftCard({ ...view, mayDecide: notAllowed(frame) }, frame),
  };
}

function faqCards(language: Language, name: string): Record<string, Card> {
  const topics = faq.topics.map((topic) => ({ topic, title: faq.topic(topic, language).title }));
  const longest = [...faq.topics]
    .map((topic) => faq.topic(topic, language))
    .sort((a, b) => b.answer.length - a.answer.length)[0];
  if (longest === undefined) throw new Error('the FAQ has topics');
  const own = { enrolment: 'not', methods: ['mobilePhone', 'microsoftAuthenticatorPush'] } as const;
  const given = { customerId: CUSTOMER, language, topic: longest, guideUrl: GUIDE };
  const facts = { asker: name, question: `${name}: I am locked out`, topicTitle: longest.title, own, threadUrl: GUIDE };
  const taken = { displayName: name, at: '2026-11-20T09:30:00Z' };
  const handed = { customerId: CUSTOMER, id: CUSTOMER, language, timeZone: 'Europe/Berlin', facts };
  return {
    'faq-channel': answerCard({ ...given, own: undefined }),
    'faq-private': answerCard({ ...given, own }),
    'faq-private-enrolled': answerCard({ ...given, own: { ...own, enrolment: 'capable' } }),
    'faq-private-stranger': answerCard({ ...given, own: null }),
    'faq-ask-back': askBackCard({ customerId: CUSTOMER, language, candidates: topics.slice(0, 4) }),
    'faq-all': faqCard({ customerId: CUSTOMER, language, topics, guideUrl: GUIDE, picked: null }),
    'faq-all-picked': faqCard({ customerId: CUSTOMER, language, topics, guideUrl: GUIDE, picked: longest }),
    'hand-over': handOverCard({ ...handed, taken: null }),
    'hand-over-taken': handOverCard({ ...handed, taken }),
  };
}

function notices(language: Language, name: string): Record<string, Card> {
  const given = { language, guideUrl: GUIDE };
  const counts = { capable: 132, not: 61, unknown: 7 };
  const status = { language, customerId: CUSTOMER, tabUrl: GUIDE };
  return {
    help: helpCard(given),
    guide: guideCard(given),
    pin: pinCard(given),
    message: messageCard({ text: textsIn(language).handedOver(1) }),
    status: statusCard({ ...status, counts, phases: phaseLines(name, 6) }),
    'status-drift': statusCard({ ...status, counts, phases: phaseLines(name, 6), drift: { urgent: 1, other: 2 } }),
    'status-many': statusCard({ ...status, counts, phases: phaseLines(name, 30) }),
    customers: customersCard({
      language,
      customers: Array.from({ length: 12 }, (_, index) => ({
        customerId: CUSTOMER,
        name,
        counts: index === 1 ? null : counts,
      })),
    }),
    'status-empty': statusCard({ ...status, counts: null, phases: [] }),
  };
}

const STATES = ['enforced', 'ready', 'blocked', 'announced', 'planned', 'planned'] as const;

function phaseLines(name: string, count: number): PhaseLine[] {
  return Array.from({ length: count }, (_, ordinal) => ({
    ...{ rolloutId: CUSTOMER, ordinal, name: `${name} ${ordinal}`, revision: 3 },
    state: STATES[ordinal % STATES.length] ?? 'planned',
    enforceOn: `2026-12-${String(1 + ordinal).padStart(2, '0')}`,
  }));
}

/** A decision about a phase of somebody with this name. */
function phaseDecisionOf(displayName: string, verdict: PhaseDecision['verdict'] = 'approve'): PhaseDecision {
  return { ...decisionOf(displayName), id: 'phase-1', phase: 'Sales', verdict, anyway: [] };
}

const LINE = {
  ...{ seen: 31, failing: 1, limit: 4, over: false, known: true, until: '2027-01-21T07:05:00.000Z', days: 3 },
  why: {
    en: 'The sign-in logs were last read on 18 January.',
    de: 'Die Anmeldeprotokolle wurden zuletzt am 18. Januar gelesen.',
  },
};

function phaseCards(frame: Frame, name: string): Record<string, Card> {
  const gate = {
    message: {
      en: `3 of 41 people are not registered for MFA; of 1 it is not known. ${name}`,
      de: `3 von 41 Personen sind nicht für MFA registriert; von 1 ist es nicht bekannt. ${name}`,
    },
    clear: {
      en: 'Wait until they register, extend them until a day, give them a Temporary Access Pass, or name them in the approval.',
      de: 'Warten Sie, bis sie registriert sind, verlängern Sie ihre Frist, geben Sie einen befristeten Zugangspass aus oder nennen Sie sie in der Freigabe.',
    },
  };
  const view: PhaseView = {
    ...{ rolloutId: CUSTOMER, ordinal: 1, name, state: 'ready', enforceOn: '2026-12-03', revision: 7, isFirst: false },
    people: { people: 41, capable: 37, not: 3, unknown: 1, exempt: 2 },
    effect: { asked: 38, already: 3 },
    notReady: { named: 0, unnamed: 0 },
    ...{ gates: [], digest: DIGEST, refusal: null, approvals: [], missing: ['msp', 'customer'], expiresAt: null },
    ...{ latest: null, mayDecide: null, hasApproved: false, notice: null },
  };
  const approval = phaseDecisionOf(name);
  const decider = { ...view, mayDecide: { yes: true } } as const;
  const approved = { approvals: [approval], missing: ['customer'], expiresAt: '2026-11-23T09:30:00Z' } as const;
  const both = { approvals: [approval, approval], missing: [], expiresAt: '2026-11-23T09:30:00Z' } as const;
  const blocked = { ...view, state: 'blocked', gates: Array.from({ length: 7 }, () => gate), digest: null } as const;
  const held = { state: 'held', latest: phaseDecisionOf(name, 'hold'), digest: null, effect: null } as const;
  const back = { state: 'rolledBack', latest: phaseDecisionOf(name, 'rollBack'), digest: null } as const;
  return {
    'phase-planned': phaseCard({ ...decider, state: 'planned', digest: null, effect: null }, frame),
    'phase-channel': phaseCard(view, frame),
    'phase-decider': phaseCard({ ...decider, isFirst: true }, frame),
    'phase-not-ready': phaseCard({ ...decider, gates: [gate], notReady: { named: 0, unnamed: 4 } }, frame),
    'phase-named': phaseCard({ ...decider, ...approved, gates: [gate], notReady: { named: 4, unnamed: 0 } }, frame),
    'phase-half': phaseCard({ ...decider, ...approved, hasApproved: true, latest: approval }, frame),
    'phase-stale': phaseCard({ ...decider, notice: 'stale' }, frame),
    'phase-refused': phaseCard(
      { ...decider, digest: null, refusal: { en: `Refused: ${name}`, de: `Abgelehnt: ${name}` } },
      frame,
    ),
    'phase-blocked': phaseCard(blocked, frame),
    'phase-blocked-decider': phaseCard({ ...blocked, mayDecide: { yes: true } }, frame),
    'phase-approved': phaseCard({ ...decider, ...both, state: 'approved' }, frame),
    'phase-late': phaseCard({ ...decider, ...both, state: 'approved', notice: { already: approval } }, frame),
    'phase-enforced': phaseCard({ ...decider, ...both, state: 'enforced' }, frame),
    'phase-watched': phaseCard({ ...decider, ...both, state: 'enforced', line: LINE }, frame),
    'phase-blind': phaseCard(
      {
        ...{ ...decider, ...both, state: 'enforced', line: { ...LINE, known: false } },
        heldSessions: { people: 57, accountsMax: 50 },
      },
      frame,
    ),
    'phase-held': phaseCard({ ...decider, ...held }, frame),
    'phase-rolled-back': phaseCard({ ...decider, ...back }, frame),
    'phase-viewer': phaseCard({ ...view, mayDecide: notAllowed(frame) }, frame),
    'phase-said': phaseCard({ ...decider, state: 'approved', notice: { said: name } }, frame),
  };
}

/** A card that Teams would refuse, to show that the checks can fail. */
export function brokenCard(): Card {
  const [first] = Object.values(gallery('en'));
  if (first === undefined) throw new Error('there are cards');
  return {
    ...first,
    body: [...first.body, { type: 'TextBlok', text: 'x' }],
    actions: [execute('x', { verb: 'x', data: {} })],
  };
}
