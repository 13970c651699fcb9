// The shape of what the guide says: one for all languages, so that the compiler finds a sentence that one of them lacks.
import type { GuideMethod } from './guide-types.core.ts';
import type { PictureName } from './pictures.core.ts';

/** One step; `picture` stands beside it. Texts may use **bold** for what is written on the screen. */
export type GuideStep = { text: string; picture?: PictureName };

export type MethodText = {
  name: string;
  /** One sentence for the index: what it is and whom it suits. */
  summary: string;
  picture: PictureName;
  minutes: number;
  /** Set up in the app rather than on the registration page, which is then not shown as the place to begin. */
  inApp?: true;
  need: readonly string[];
  /** What must be known before beginning; null where there is nothing. */
  before: string | null;
  steps: readonly GuideStep[];
  /** What signing in is like from then on. */
  later: readonly string[];
  trouble: readonly { problem: string; answer: string }[];
};

export type GuideText = {
  languageName: string;
  title: string;
  titleFor(company: string): string;
  lead: string;
  why: { heading: string; text: string };
  choose: string;
  minutes(count: number): string;
  open: string;
  headings: Record<
    'need' | 'before' | 'steps' | 'later' | 'trouble' | 'note' | 'help' | 'lost' | 'others' | 'link',
    string
  >;
  /** How to reach the registration page; the link stands after it. */
  link: string;
  linkAlso: string;
  start: string;
  lost: readonly string[];
  unexpected: { heading: string; text: string };
  helpdesk: { neutral: string; named: string; phone: string; mail: string };
  back: string;
  languages: string;
  skip: string;
  notFound: { title: string; text: string; notOffered: string; links: string };
  footer: string;
  pictures: Record<PictureName, { title: string; description: string }>;
  methods: Record<GuideMethod, MethodText>;
};
