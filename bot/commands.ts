import { type Actor, may } from '../src/rollout/access/access.core.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import type { FaqMatch, FaqTopicText } from '../src/rollout/helpdesk/faq/faq-types.core.ts';
import { type Card, ownText } from './cards/card.ts';
import { answerCard, askBackCard } from './cards/faq.card.ts';
import { type CustomerStatus, customersCard, helpCard, messageCard, statusCard } from './cards/notice.card.ts';
import { type Language, textsIn } from './cards/texts.ts';
import type { BotDeps } from './deps.ts';
import { handOver } from './hand-over.ts';
import { stuckView } from './help-views.ts';
import type { Inbound } from './inbound.ts';
import { classesView, personCalled } from './person-views.ts';

/** A message with its sender and customer. */
export type Said = { deps: BotDeps; inbound: Inbound; customer: Customer; actor: Actor; language: Language };

type Command = (said: Said) => Promise<Card>;

/** Words that are commands when they are all that was said. */
const COMMANDS: Readonly<Record<string, Command>> = {
  help: showHelp,
  hilfe: showHelp,
  '?': showHelp,
  start: showHelp,
  status: showStatus,
  stand: showStatus,
  classes: showClasses,
  klassen: showClasses,
  stuck: stuckView,
  hängt: stuckView,
  feststeckt: stuckView,
};

/** "person" and a name, sign-in name or object id. */
const PERSON = /^person\s+(\S.{0,254})$/iu;

/** What the bot says to a message; null when it has nothing to say. What it does beside that, it does here. */
export async function replyTo(said: Said): Promise<Card | null> {
  const { inbound } = said;
  const isToBot = inbound.conversation.kind === 'personal' || inbound.isAddressed;
  const word = inbound.text.toLowerCase();
  const command = isToBot && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (command !== undefined) return command(said);
  const named = PERSON.exec(inbound.text)?.[1];
  // Whose MFA it is stays between the helper and the bot.
  if (named !== undefined && inbound.conversation.kind === 'personal' && may(said.actor, 'requestExceptions'))
    return personCalled(said, named);
  if (inbound.text === '') return isToBot ? showHelp(said) : null;
  const match = matchOf(said, isToBot);
  if (match.action === 'silent') return isToBot ? notUnderstood(said) : null;
  return answerTo(said, match);
}

/** How sure an answer must be to a message that does not say itself that it is about MFA. */
const SURE_FROM = 0.8;

/** Who speaks to the bot speaks about MFA without naming it: what says nothing by itself is read again with the word. */
function matchOf({ deps, inbound, language }: Said, isToBot: boolean): FaqMatch {
  const match = deps.faq.ask(inbound.text, { language });
  if (match.action !== 'silent' || !isToBot) return match;
  const again = deps.faq.ask(`${inbound.text} (MFA)`, { language });
  return again.score >= SURE_FROM ? again : match;
}

async function answerTo(said: Said, match: FaqMatch): Promise<Card> {
  const { customer, language } = said;
  switch (match.action) {
    case 'askBack':
      return askBackCard({ customerId: customer.id, language, candidates: match.candidates });
    case 'answer':
    case 'handOver':
      return match.action === 'handOver' ? handedOver(said, match) : topicCard(said, match.text);
    case 'silent':
      return showHelp(said);
  }
}

/** The answer of the FAQ stands first: it helps until a person has time. */
async function handedOver(said: Said, match: FaqMatch): Promise<Card> {
  const { deps, customer, actor, inbound, language } = said;
  const about = { question: inbound.text, topicTitle: match.text?.title ?? null };
  const told = await handOver(deps, { customer, actor, inbound }, about);
  const note = messageCard({ text: textsIn(language).handedOver(told) });
  if (match.text === null) return note;
  const answer = await topicCard(said, match.text);
  return { ...answer, body: [...answer.body, ...note.body] };
}

async function topicCard(said: Said, text: FaqTopicText | null): Promise<Card> {
  const { deps, customer, actor, inbound, language } = said;
  if (text === null) return showHelp(said);
  return answerCard({
    customerId: customer.id,
    language,
    topic: text,
    guideUrl: deps.guideUrl(customer, language, text.guide),
    own:
      inbound.conversation.kind === 'personal'
        ? await deps.people.ownFacts(customer, actor.identity.objectId)
        : undefined,
  });
}

function showHelp({ deps, customer, language }: Said): Promise<Card> {
  return Promise.resolve(helpCard({ language, guideUrl: deps.guideUrl(customer, language, null) }));
}

async function notUnderstood(said: Said): Promise<Card> {
  const help = await showHelp(said);
  return { ...help, body: [ownText(textsIn(said.language).silentHelp), ...help.body.slice(-1)] };
}

/** Who may not see anybody's enrolment gets the help instead of counts. */
function showClasses(said: Said): Promise<Card> {
  return may(said.actor, 'seePeople') ? classesView(said, null) : showHelp(said);
}

async function showStatus({ deps, customer, actor, language }: Said): Promise<Card> {
  const counts = await deps.people.counts(customer);
  const rollout = await deps.phases.current(customer.id);
  const phases = (rollout?.phases ?? []).map((phase) => ({ ...phase, rolloutId: rollout?.id ?? '' }));
  const tabUrl = await deps.tabUrl(customer, phases.length === 0 ? 'overview' : 'rollout');
  const drift = may(actor, 'seeDrift') ? await deps.drift.open(customer.id) : undefined;
  return statusCard({ language, customerId: customer.id, counts, tabUrl, phases, drift });
}

/**
 * The answer to `status` in our own Teams, where nothing in the conversation says which of his customers somebody means;
 * null for everything else. It reads several customers, so it is drawn before any customer's transaction is open.
 */
export async function replyAcrossCustomers(
  { people }: Pick<BotDeps, 'people'>,
  inbound: Inbound,
  customers: readonly Customer[],
): Promise<Card | null> {
  const [first] = customers;
  const isStatus = COMMANDS[inbound.text.toLowerCase()] === showStatus;
  if (first === undefined || customers.length < 2 || !isStatus) return null;
  const rows: CustomerStatus[] = [];
  for (const customer of customers) {
    rows.push({ customerId: customer.id, name: customer.name, counts: await people.counts(customer) });
  }
  return customersCard({ language: inbound.language ?? first.settings.language, customers: rows });
}
