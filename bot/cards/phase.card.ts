import type { PhaseDecision, Side } from '../../src/rollout/approvals/phase-approval.core.ts';
import type { HeldSessions, LineState } from '../../src/rollout/phases/after-enforcement.ts';
import type { PhaseState, Sentence } from '../../src/rollout/phases/phase-types.core.ts';
import {
  type Action,
  type ActionData,
  type Card,
  card,
  type Element,
  execute,
  facts,
  heading,
  openUrl,
  ownText,
  refreshFor,
  sentence,
  strip,
} from './card.ts';
import { customerOf, type Frame } from './exceptions.card.ts';
import { dayIn, type PhaseTexts, phaseTextsIn } from './phase-texts.ts';
import { momentIn, textsIn } from './texts.ts';

/** What the card of a phase says: counts and no names of its people, so that it may stand in the channel. */
export type PhaseFacts = {
  rolloutId: string;
  ordinal: number;
  name: string;
  state: PhaseState;
  enforceOn: string;
  revision: number;
  people: Readonly<Record<'people' | 'capable' | 'not' | 'unknown' | 'exempt', number>>;
  /** What enforcing would do to how many; null where that cannot be told. */
  effect: { asked: number; already: number } | null;
  /** Whether it switches the enforcing policy on. */
  isFirst: boolean;
  /** Ready, and enforced with the last step: nobody approves it by itself. */
  waits?: boolean | undefined;
  /** How many other phases are enforced with it, where it takes the place of Security Defaults. */
  together?: number | undefined;
  /** People who would be asked and cannot answer: named to be enforced anyway, and not. */
  notReady: { named: number; unnamed: number };
  gates: readonly { code?: string; message: Sentence; clear: Sentence }[];
  /** What an approval is bound to; null where there is nothing to approve, and `refusal` says why. */
  digest: string | null;
  refusal: Sentence | null;
  approvals: readonly PhaseDecision[];
  missing: readonly Side[];
  expiresAt: string | null;
  latest: PhaseDecision | null;
  /** How far the phase is from its stop line; null or absent while it is not under it. */
  line?: LineState | null | undefined;
  /** Sessions that did not end with the enforcement. */
  heldSessions?: HeldSessions | null | undefined;
  /** What the last weeks of sign-ins say of a phase that is still to be announced. */
  past?: Sentence | null | undefined;
};

/** What a card of a phase is drawn from, the same for everybody. */
export type DrawnPhase = { facts: PhaseFacts; frame: Frame };

/** The card as one person sees it; `mayDecide` null is the copy that everybody sees. */
export type PhaseView = PhaseFacts & {
  mayDecide: { yes: true } | { yes: false; why: string } | null;
  /** Whether the reader's own approval is among those that count. */
  hasApproved: boolean;
  /** What to say before it: how the press of a button ended. */
  notice: 'stale' | { already: PhaseDecision } | { said: string } | null;
};

const NAME_CHARS_MAX = 80;
const GATE_CHARS_MAX = 400;
const GATES_MAX = 5;

/** The card of one phase, with the buttons of whoever may decide. */
export function phaseCard(view: PhaseView, frame: Frame): Card {
  const texts = phaseTextsIn(frame.language);
  const data = dataOf(view, frame);
  return card({
    fallbackText: texts.title,
    body: [
      noticeOf(view, frame),
      heading(texts.title),
      sentence(
        [
          { foreign: view.name, max: NAME_CHARS_MAX },
          ` · ${view.waits === true ? texts.waiting : texts.states[view.state]}`,
        ],
        {
          weight: 'Bolder',
          size: 'Medium',
          spacing: 'Small',
        },
      ),
      customerOf(frame),
      ownText(view.waits === true ? texts.waits : texts.says[view.state]),
      countsOf(view, frame),
      pastOf(view, frame),
      ...gatesOf(view, frame),
      ...watchedOf(view, frame),
      standingOf(view, frame),
      view.mayDecide?.yes === false
        ? ownText(`${textsIn(frame.language).notYourDecision} ${view.mayDecide.why}`, { isSubtle: true })
        : null,
    ],
    actions: [
      ...(view.mayDecide?.yes === true ? buttonsOf(view, { texts, data }) : []),
      view.mayDecide === null ? execute(texts.review, { verb: 'phase.view', data }) : null,
      openUrl(texts.openTab, frame.tabUrl),
    ],
    refresh: refreshFor(frame.viewers, 'phase.view', data),
  });
}

/** A phase is named by its rollout and its place: its name is somebody else's text. */
function dataOf({ rolloutId, ordinal, revision, digest, latest }: PhaseFacts, { customerId }: Frame): ActionData {
  return {
    ...{ customer: customerId, id: rolloutId, phase: String(ordinal), revision: String(revision) },
    ...(digest === null ? {} : { digest }),
    ...(latest === null ? {} : { seen: latest.id }),
  };
}

function countsOf(view: PhaseFacts, { language }: Frame): Element {
  const { facts: words } = phaseTextsIn(language);
  const { people, effect, notReady, state, enforceOn } = view;
  const row = (title: string, value: number) => ({ title, value: String(value) });
  const isAhead = state !== 'enforced' && state !== 'rolledBack';
  const day = isAhead ? `${words.from} ${dayIn(language, enforceOn)}` : dayIn(language, enforceOn);
  return facts([
    row(words.people, people.people),
    row(words.capable, people.capable),
    row(words.not, people.not),
    ...(people.unknown === 0 ? [] : [row(words.unknown, people.unknown)]),
    ...(people.exempt === 0 ? [] : [row(words.exempt, people.exempt)]),
    ...(effect === null || !isAhead ? [] : [row(words.asked, effect.asked), row(words.already, effect.already)]),
    ...(notReady.named === 0 ? [] : [row(words.anyway, notReady.named)]),
    ...(isAhead ? [{ title: words.on, value: day }] : []),
    ...(view.digest === null || state !== 'ready'
      ? []
      : [{ title: textsIn(language).content, value: view.digest.slice('sha256:'.length).slice(0, DIGEST_CHARS) }]),
  ]);
}

const DIGEST_CHARS = 12;

/** Where it stands in the way it is said there. */
function pastOf({ past = null, gates }: PhaseFacts, { language }: Frame): Element | null {
  if (past === null || gates.some(({ message }) => message.en === past.en)) return null;
  return sentence([{ foreign: past[language], max: GATE_CHARS_MAX }]);
}

function gatesOf({ gates: closed, state, waits }: PhaseFacts, { language }: Frame): Element[] {
  const texts = phaseTextsIn(language);
  // That it waits is said above.
  const gates = waits === true ? closed.filter(({ code }) => code !== 'waits_for_switch') : closed;
  if (gates.length === 0) return [];
  const left = gates.length - GATES_MAX;
  const title = state === 'ready' || state === 'approved' ? texts.mayPass : texts.gatesTitle;
  return [
    strip('warning', [
      ownText(title, { weight: 'Bolder' }),
      ...gates
        .slice(0, GATES_MAX)
        .flatMap(({ message, clear }) => [
          sentence([{ foreign: message[language], max: GATE_CHARS_MAX }], { spacing: 'Medium' }),
          sentence([{ foreign: clear[language], max: GATE_CHARS_MAX }], { size: 'Small', spacing: 'None' }),
        ]),
      ...(left > 0 ? [ownText(texts.moreGates(left))] : []),
    ]),
  ];
}

/** What is to be watched once it is enforced: the stop line, and sessions that run on. */
function watchedOf({ line = null, heldSessions = null }: PhaseFacts, { language, timeZone }: Frame): Element[] {
  const texts = phaseTextsIn(language);
  const lines = line === null ? [] : lineElements(line, { language, timeZone });
  return [
    ...(line === null ? [] : [strip(line.over ? 'attention' : line.known ? 'accent' : 'warning', lines)]),
    ...(heldSessions === null
      ? []
      : [strip('warning', [ownText(texts.sessionsHeld(heldSessions.people, heldSessions.accountsMax))])]),
  ];
}

function lineElements(line: LineState, { language, timeZone }: Pick<Frame, 'language' | 'timeZone'>): Element[] {
  const { line: words } = phaseTextsIn(language);
  const { seen, failing, limit, over, known, why, until, days } = line;
  const left = over ? words.over : words.left(Math.max(0, limit - failing));
  return [
    ...(known
      ? [ownText(`${words.seen(failing, seen)} ${left}`)]
      : [
          ownText(words.blind, { weight: 'Bolder' }),
          sentence([{ foreign: why[language], max: GATE_CHARS_MAX }]),
          ownText(words.blindNext),
        ]),
    sentence([words.until(days), momentIn(language, until, timeZone), '.'], { size: 'Small' }),
  ];
}

const STYLES = {
  approve: 'good',
  hold: 'attention',
  resume: 'accent',
  rollBack: 'attention',
  askAgain: 'accent',
} as const;

/** Who decided last, what is missing, and when it lapses. */
function standingOf(view: PhaseView, frame: Frame): Element | null {
  const { state, approvals, latest } = view;
  const isOpen = state === 'ready' && view.waits !== true;
  const past = latest === null || latest.verdict === 'approve' ? [] : [latest];
  const shown = approvals.length > 0 ? approvals : past;
  const lines = [
    ...shown.map((decision) => decidedLine(decision, frame)),
    ...(isOpen ? openLines(view, frame) : []),
    ...lapseLine(view, frame),
  ];
  if (lines.length === 0) return null;
  const isUndecided = isOpen && approvals.length === 0;
  return strip(isUndecided ? 'accent' : STYLES[shown.at(-1)?.verdict ?? 'askAgain'], lines);
}

/** What the phase still needs before it is approved. */
function openLines(view: PhaseView, { language }: Frame): Element[] {
  const texts = phaseTextsIn(language);
  const { isFirst, notReady, refusal, hasApproved, missing, together = 0 } = view;
  return [
    ...(isFirst ? [ownText(together > 0 ? texts.switches(together) : texts.first)] : []),
    ...(notReady.unnamed > 0 ? [ownText(texts.unnamed(notReady.unnamed))] : []),
    ...(refusal === null ? [] : [sentence([{ foreign: refusal[language], max: GATE_CHARS_MAX }])]),
    ...(hasApproved ? [ownText(texts.youApproved)] : []),
    ...missing.map((side) => ownText(texts.missing[side])),
  ];
}

function lapseLine({ expiresAt, state }: PhaseView, { language, timeZone }: Frame): Element[] {
  if (expiresAt === null || state === 'enforced') return [];
  return [sentence([phaseTextsIn(language).expires, momentIn(language, expiresAt, timeZone), '.'], { size: 'Small' })];
}

function decidedLine({ verdict, displayName, at }: PhaseDecision, { language, timeZone }: Frame): Element {
  const texts = phaseTextsIn(language);
  const common = textsIn(language);
  const lead = {
    approve: texts.approvedBy,
    hold: texts.heldBy,
    resume: texts.resumedBy,
    rollBack: texts.rolledBackBy,
    askAgain: texts.askedBy,
  }[verdict];
  const who = { foreign: displayName ?? common.somebody };
  return sentence([lead, who, common.on, momentIn(language, at, timeZone), '.'], { weight: 'Bolder' });
}

function buttonsOf(view: PhaseView, { texts, data }: { texts: PhaseTexts; data: ActionData }): (Action | null)[] {
  const { state, digest, effect, hasApproved, notReady, people } = view;
  const approve = execute(texts.approve(effect?.asked ?? 0), { verb: 'phase.approve', data, style: 'positive' });
  const hold = execute(texts.hold, { verb: 'phase.hold', data, style: 'destructive' });
  const again = execute(texts.askAgain, { verb: 'phase.askAgain', data });
  const rollBack = execute(texts.rollBack(people.people), { verb: 'phase.rollBack', data, style: 'destructive' });
  switch (state) {
    case 'ready':
      return [digest === null || hasApproved || notReady.unnamed > 0 ? null : approve, hold, again];
    case 'observing':
    case 'blocked':
      return [hold, again];
    case 'planned':
    case 'announced':
    case 'rolledBack':
      return [hold];
    case 'approved':
      return [hold, rollBack];
    case 'enforced':
      return [rollBack];
    case 'held':
      return [execute(texts.resume, { verb: 'phase.resume', data, style: 'positive' })];
  }
}

function noticeOf({ notice }: PhaseView, frame: Frame): Element | null {
  const texts = phaseTextsIn(frame.language);
  if (notice === null) return null;
  if (notice === 'stale') return strip('attention', [ownText(texts.stale)]);
  if ('said' in notice) return strip('attention', [sentence([{ foreign: notice.said, max: GATE_CHARS_MAX }])]);
  const { displayName, at } = notice.already;
  const common = textsIn(frame.language);
  const who = { foreign: displayName ?? common.somebody };
  const when = momentIn(frame.language, at, frame.timeZone);
  return strip('accent', [sentence([common.alreadyDecided, who, common.on, when, '.'], { weight: 'Bolder' })]);
}
