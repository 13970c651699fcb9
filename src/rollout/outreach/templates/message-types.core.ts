/**
 * The mails of a phase as texts. A template is a small text with merge fields; what a mail says of a person, a phase or a
 * customer stands in `MessageFields` alone, as facts: the words for them, in the reader's language, are made here.
 */
import type { GuideMethod } from '../../guide/guide-types.core.ts';
import type { MessageKind, Sentence } from '../../phases/phase-types.core.ts';

export const MESSAGE_LANGUAGES = ['en', 'de'] as const;

/** The languages a mail can be written in. */
export type MessageLanguage = (typeof MESSAGE_LANGUAGES)[number];

export const TEMPLATE_PARTS = ['subject', 'preheader', 'body'] as const;

export type TemplatePart = (typeof TEMPLATE_PARTS)[number];

/** One mail as a text: the preheader is the line that inboxes show beside the subject. Only the body knows markup. */
export type TemplateText = Readonly<Record<TemplatePart, string>>;

/** The parts of a mail that a customer changed. */
export type EditedTemplate = { readonly [Part in TemplatePart]?: string | undefined };

/** What a customer changed; a part that is not named is the built-in one. A stored shape: a change needs a migration. */
export type MessageEdits = {
  readonly [Kind in MessageKind]?: { readonly [Language in MessageLanguage]?: EditedTemplate | undefined } | undefined;
};

/** A page of the enrolment guide about one method, by its whole address. */
export type GuidePage = { method: GuideMethod; url: string };

/** Whom a reader asks when something does not work. */
export type EscalationContact = {
  /** Such as "IT Helpdesk". */
  name: string;
  /** A mail address. */
  address: string;
  phone: string | null;
  /** A Teams channel, such as "#it-support". */
  channel: string | null;
};

/**
 * What a person's account lacks: `method` nothing is registered that answers MFA; `usableMethod` something is, but the
 * tenant does not accept it; `notKnown` it could not be read.
 */
export type Missing = 'method' | 'usableMethod' | 'notKnown';

/** One of a manager's people who is not enrolled. */
export type NudgedPerson = { displayName: string; missing: Missing };

/** Everything a mail may say, as facts. Days are calendar days of the customer's time zone, `YYYY-MM-DD`. */
export type MessageFields = {
  /** The reader's first name; null or empty: he is addressed by his display name. */
  firstName: string | null;
  /** The reader's name as the directory has it. */
  displayName: string;
  /** The customer's name as its people know it. */
  company: string;
  /** The name of the reader's phase. */
  phase: string;
  /** The day from which the phase is enforced. */
  enforceOn: string;
  /** The day by which the whole rollout is done: the insurer's. */
  deadline: string;
  /** The first page of the enrolment guide in the reader's language, by its whole address. */
  guideUrl: string;
  /** One page for each method on offer, in the order in which they are offered; may be empty. */
  guidePages: readonly GuidePage[];
  /** The reader's registered methods as Entra names them; empty: none; null: not known. */
  methods: readonly string[] | null;
  /** What the reader's account lacks; null: nothing. */
  missing: Missing | null;
  /** The display name of the reader's manager, who gets a copy; null: there is none, or he gets no copy. */
  manager: string | null;
  contact: EscalationContact;
  /** The name of the service provider that runs the rollout. */
  msp: string;
  /** Only for `managerNudge`: the reader's people who are not enrolled, in the order to be shown. */
  people: readonly NudgedPerson[];
  /** The tab in Teams, by its whole address; null: there is none to link to. */
  tabUrl: string | null;
};

/** A finished mail. The HTML part and the text part say the same and hold the same links. */
export type RenderedMessage = { subject: string; preheader: string; html: string; text: string };

/** A mistake in a template; `line` counts from 1 within the part. */
export type TemplateMistake = { code: string; part: TemplatePart; line: number; message: Sentence };
