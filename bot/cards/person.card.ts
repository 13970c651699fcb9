import type { ClassView } from '../../src/rollout/exceptions/classes.core.ts';
import type { ListedRequest } from '../../src/rollout/exceptions/requests.ts';
import type { Evaluated } from '../../src/rollout/persons/persons.core.ts';
import type { PersonView } from '../../src/rollout/persons/persons.ts';
import type { Sentence } from '../../src/rollout/phases/phase-types.core.ts';
import {
  type Action,
  actionSet,
  type Card,
  card,
  type Element,
  execute,
  facts,
  heading,
  openUrl,
  ownText,
  sentence,
  strip,
} from './card.ts';
import { type PersonTexts, personTextsIn } from './person-texts.ts';
import { dayIn } from './phase-texts.ts';
import { type Language, momentIn, textsIn } from './texts.ts';

export type PersonFrame = { customerId: string; language: Language; timeZone: string; tabUrl: string };

/** How a press ended, where the card does not show it by itself. */
export type PersonNotice = { text: Sentence; isRefusal: boolean } | null;

/** Requests that a card lists; older ones stand in the tab. */
const REQUESTS_MAX = 5;
const NAME_CHARS_MAX = 80;
const POLICIES_MAX = 5;

/** One person: the evaluated status, what was switched and asked for, and the buttons of whoever may. */
export function personCard(view: PersonView, notice: PersonNotice, frame: PersonFrame): Card {
  const texts = personTextsIn(frame.language);
  const { displayName, userPrincipalName, phase, evaluated, newcomer } = view;
  return card({
    fallbackText: texts.covered[evaluated?.covered ?? 'unknown'],
    body: [
      notice === null ? null : strip(notice.isRefusal ? 'attention' : 'accent', [ownText(notice.text[frame.language])]),
      sentence([{ foreign: displayName, max: NAME_CHARS_MAX }], { size: 'Large', weight: 'Bolder' }),
      sentence([{ foreign: userPrincipalName ?? '', max: NAME_CHARS_MAX }], { isSubtle: true, spacing: 'None' }),
      ...statusOf(evaluated, frame),
      facts([
        { title: texts.canAnswer, value: texts.answer[answerOf(view)] },
        { title: texts.account, value: view.accountStatus === 'enabled' ? texts.enabled : texts.disabled },
        { title: texts.direct, value: view.isOurs ? texts.yes : texts.no },
      ]),
      phase === null ? null : sentence([`${texts.phase}: `, { foreign: phase, max: NAME_CHARS_MAX }]),
      newcomer === null ? null : strip('warning', [ownText(newcomer[frame.language])]),
      ...latestOf(view, frame),
      ...view.requests.slice(0, REQUESTS_MAX).map((request) => requestOf(request, frame)),
      ...inputsOf(view, frame),
    ],
    actions: [openUrl(textsIn(frame.language).openTab, frame.tabUrl)],
  });
}

/** The answer to a name that nobody, or more than one, has. */
export function unknownPersonText(language: Language): string {
  return personTextsIn(language).unknown;
}

function answerOf({ evaluated, enrolment }: PersonView): Evaluated['canAnswer'] {
  return evaluated?.canAnswer ?? ({ capable: 'yes', not: 'no', unknown: 'unknown' } as const)[enrolment];
}

function statusOf(evaluated: Evaluated | null, { language, timeZone }: PersonFrame): Element[] {
  const texts = personTextsIn(language);
  const covered = texts.covered[evaluated?.covered ?? 'unknown'];
  const style = evaluated?.covered === 'all' ? 'good' : 'warning';
  const by = (evaluated?.by ?? [])
    .slice(0, POLICIES_MAX)
    .flatMap(({ name }, index) => [index === 0 ? texts.by : ', ', { foreign: name, max: NAME_CHARS_MAX }]);
  const read = evaluated === null ? '' : ` (${texts.readAt}${momentIn(language, evaluated.at, timeZone)})`;
  return [
    strip(style, [
      ownText(`${covered}${read}.`, { weight: 'Bolder' }),
      ...(by.length === 0 ? [] : [sentence(by, { size: 'Small' })]),
    ]),
  ];
}

function latestOf({ latest }: PersonView, { language, timeZone }: PersonFrame): Element[] {
  if (latest === null) return [];
  const texts = personTextsIn(language);
  const who = { foreign: latest.by ?? textsIn(language).somebody, max: NAME_CHARS_MAX };
  const when = momentIn(language, latest.at, timeZone);
  const head = sentence([texts.last[latest.kind][latest.state], who, `, ${when}.`], { size: 'Small' });
  const { before, after, refusal } = latest;
  const line =
    before === null || after === null
      ? null
      : ownText(texts.beforeAfter(texts.covered[before.covered], texts.covered[after.covered]), { size: 'Small' });
  const why = refusal === null ? null : strip('attention', [ownText(refusal.message[language])]);
  return [head, line, why].filter((element) => element !== null);
}

function requestOf({ id, kind, until, standing }: ListedRequest, { language }: PersonFrame): Element {
  const texts = personTextsIn(language);
  const when = `${texts.requestUntil}${dayIn(language, until)}`;
  return ownText(`${id}: ${texts.kinds[kind]}${when} – ${texts.standing[standing]}`, { size: 'Small' });
}

function inputsOf(view: PersonView, frame: PersonFrame): Element[] {
  const texts = personTextsIn(frame.language);
  return [
    { type: 'Input.Date', id: 'until', label: texts.until, spacing: 'Medium' },
    { type: 'Input.Text', id: 'reason', label: texts.reason, maxLength: 300 },
    ownText(texts.offNote, { size: 'Small', isSubtle: true }),
    actionSet(buttonsOf(view, frame, texts)),
  ];
}

function buttonsOf(view: PersonView, { customerId }: PersonFrame, texts: PersonTexts): Action[] {
  const data = { customer: customerId, who: view.accountId };
  const open = view.requests.find(({ standing }) => standing === 'unsigned' || standing === 'signed');
  const isStuck = view.latest?.refusal?.code === 'not_registered' || view.latest?.refusal?.code === 'methods_unknown';
  const buttons: (Action | null)[] = [
    view.maySwitch && !view.isDirect ? execute(texts.on, { verb: 'person.on', data, style: 'positive' }) : null,
    view.maySign && isStuck ? execute(texts.anyway, { verb: 'person.anyway', data, style: 'destructive' }) : null,
    view.maySwitch && view.isOurs ? execute(texts.back, { verb: 'person.back', data }) : null,
    open === undefined ? execute(texts.off, { verb: 'person.off', data }) : null,
    open === undefined
      ? null
      : execute(texts.withdraw(open.id), { verb: 'person.withdraw', data: { ...data, id: open.id } }),
    execute(texts.look, { verb: 'person.view', data }),
  ];
  return buttons.filter((button) => button !== null);
}

export type ClassesFrame = PersonFrame & { mayDecide: boolean };

/** Guests, rooms and devices: counts, how each was decided, and the approver's buttons. No names. */
export function classesCard(views: readonly ClassView[], notice: PersonNotice, frame: ClassesFrame): Card {
  const texts = personTextsIn(frame.language);
  return card({
    fallbackText: texts.classesTitle,
    body: [
      notice === null ? null : strip(notice.isRefusal ? 'attention' : 'accent', [ownText(notice.text[frame.language])]),
      heading(texts.classesTitle),
      ownText(texts.classesIntro),
      ...views.flatMap((view) => classOf(view, frame)),
    ],
    actions: [openUrl(textsIn(frame.language).openTab, frame.tabUrl)],
  });
}

function classOf(view: ClassView, frame: ClassesFrame): Element[] {
  const texts = personTextsIn(frame.language);
  const name = texts.classes[view.class];
  const { decision } = view;
  const lines = [
    ownText(`${name} (${view.count}): ${texts.classState[view.state]}`, { weight: 'Bolder', spacing: 'Large' }),
    ...(decision === null
      ? []
      : [sentence([{ foreign: decision.reason, max: 200 }], { size: 'Small', spacing: 'None' })]),
  ];
  if (!frame.mayDecide || view.count === 0) return lines;
  const data = { customer: frame.customerId, class: view.class, digest: view.digest };
  return [
    ...lines,
    { type: 'Input.Date', id: `review-${view.class}`, label: texts.review },
    { type: 'Input.Text', id: `reason-${view.class}`, label: texts.classReason, maxLength: 300 },
    actionSet([
      execute(texts.enforce(name, view.count), { verb: 'classes.enforce', data, style: 'positive' }),
      execute(texts.carveOut(name, view.count), { verb: 'classes.carveOut', data }),
    ]),
  ];
}
