import type { DrillStanding, KeptSignIn } from '../../src/rollout/emergency/emergency-types.core.ts';
import {
  actionSet,
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
import { emergencyTextsIn } from './emergency-texts.ts';
import { customerOf, type Frame } from './exceptions.card.ts';
import { momentIn } from './texts.ts';

/** One account as its line shows it. */
export type EmergencyLine = DrillStanding & { accountId: string; displayName: string };

export type EmergencyView = {
  accounts: readonly EmergencyLine[];
  drillDays: number;
  /** Whether a log of their sign-ins cannot be read. */
  unread: boolean;
  /** With names and buttons: for an engineer's eyes. */
  isNamed: boolean;
};

const NAME_CHARS_MAX = 80;
/** More accounts than anybody declares; the card stays small enough with them. */
const LINES_MAX = 20;

/** The accounts and their drills: counts for everybody, names and buttons for an engineer. */
export function emergencyCard(view: EmergencyView, frame: Frame): Card {
  const texts = emergencyTextsIn(frame.language);
  const data = { customer: frame.customerId };
  return card({
    fallbackText: texts.title,
    body: [
      heading(texts.title),
      customerOf(frame),
      ownText(view.accounts.length === 0 ? texts.none : texts.intro(view.drillDays)),
      view.unread ? strip('attention', [ownText(texts.unread)]) : null,
      ...(view.isNamed
        ? view.accounts.slice(0, LINES_MAX).flatMap((line) => lineOf(line, frame))
        : [countsOf(view, frame)]),
      view.isNamed ? null : ownText(texts.noNames, { isSubtle: true, size: 'Small' }),
    ],
    actions: [
      execute(view.isNamed ? texts.refresh : texts.show, { verb: 'emergency.view', data }),
      openUrl(texts.openTab, frame.tabUrl),
    ],
    refresh: refreshFor(frame.viewers, 'emergency.view', data),
  });
}

function countsOf({ accounts }: EmergencyView, { language }: Frame): Element {
  const { states } = emergencyTextsIn(language);
  const count = (state: EmergencyLine['state']) => String(accounts.filter((one) => one.state === state).length);
  return facts(
    (['drilled', 'running', 'overdue', 'never'] as const).map((state) => ({
      title: states[state],
      value: count(state),
    })),
  );
}

function lineOf(line: EmergencyLine, frame: Frame): Element[] {
  const texts = emergencyTextsIn(frame.language);
  const data = { customer: frame.customerId, who: line.accountId };
  const name = { foreign: line.displayName, max: NAME_CHARS_MAX };
  return [
    sentence([name, `: ${texts.states[line.state]}`], { weight: 'Bolder', spacing: 'Medium' }),
    ownText(standingText(line, frame), { isSubtle: true, size: 'Small', spacing: 'None' }),
    ...(line.state === 'running'
      ? []
      : [actionSet([execute(texts.start, { verb: 'emergency.drill', data, tooltip: texts.never })])]),
  ];
}

function standingText(line: EmergencyLine, { language, timeZone }: Frame): string {
  const texts = emergencyTextsIn(language);
  const at = (iso: string | null) => (iso === null ? '-' : momentIn(language, iso, timeZone));
  const missed = line.missedAt === null ? '' : ` ${texts.missed(at(line.missedAt))}`;
  switch (line.state) {
    case 'never':
      return `${texts.never}${missed}`;
    case 'running':
      return texts.running(at(line.runningUntil));
    case 'drilled':
      return `${texts.drilled(at(line.drilledAt), at(line.dueAt))}${missed}`;
    case 'overdue':
      return `${texts.overdue(at(line.dueAt))}${missed}`;
  }
}

export type SignInView = {
  /** Null in the channel, where no names stand. */
  displayName: string | null;
  signIns: readonly KeptSignIn[];
};

/** One session of a break-glass account. */
export function emergencySignInCard({ displayName, signIns }: SignInView, frame: Frame): Card {
  const texts = emergencyTextsIn(frame.language);
  const isDrill = signIns.some(({ drillId }) => drillId !== null);
  const succeeded = signIns.some((one) => one.succeeded);
  const kind = isDrill ? 'drill' : succeeded ? 'signIn' : 'attempt';
  const title = { drill: texts.drillTitle, signIn: texts.signInTitle, attempt: texts.attemptTitle }[kind];
  return card({
    fallbackText: title,
    body: [
      heading(title),
      customerOf(frame),
      strip(isDrill ? 'good' : 'attention', [ownText(texts[kind])]),
      ...(displayName === null ? [] : whoOf(displayName, signIns, frame)),
      facts(factsOf(signIns, frame)),
      displayName === null ? ownText(texts.noNames, { isSubtle: true, size: 'Small' }) : null,
    ],
    actions: [openUrl(texts.openTab, frame.tabUrl)],
  });
}

/** Texts of the tenant stand in sentences, which know no markup. */
function whoOf(displayName: string, signIns: readonly KeptSignIn[], { language }: Frame): Element[] {
  const { facts: titles, somewhere, backgroundOnly } = emergencyTextsIn(language);
  const [first] = signIns;
  const place = [first?.ipAddress, first?.country].filter((part) => part != null && part !== '').join(', ');
  const row = (title: string, foreign: string) =>
    sentence([`${title}: `, { foreign, max: NAME_CHARS_MAX }], { spacing: 'Small' });
  const app =
    first?.interactive === false ? `${first.app ?? somewhere} (${backgroundOnly})` : (first?.app ?? somewhere);
  return [row(titles.account, displayName), row(titles.from, place === '' ? somewhere : place), row(titles.app, app)];
}

function factsOf(signIns: readonly KeptSignIn[], { language, timeZone }: Frame) {
  const { facts: titles } = emergencyTextsIn(language);
  const [first] = signIns;
  return [
    { title: titles.at, value: first === undefined ? '-' : momentIn(language, first.at, timeZone) },
    { title: titles.times, value: String(signIns.length) },
  ];
}
