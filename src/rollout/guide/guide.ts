import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { digestOf } from '../../lib/digest.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { guideText } from './content.core.ts';
import { readEdits, readEditsForChange, saveEdits } from './guide.store.ts';
import { parseGuidePatch } from './guide-file.ts';
import {
  changedKeys,
  type GuideEdits,
  type GuideLanguage,
  type GuideMethod,
  type GuidePatch,
  guidePath,
  isGuideLanguage,
  isGuideMethod,
  offeredMethods,
  patchedEdits,
} from './guide-types.core.ts';
import { type GuideAssets, guidePage, missingPage } from './page.core.ts';
import { isPictureName, pictureSvg } from './pictures.core.ts';
import { GUIDE_STYLE } from './style.core.ts';

/** A text to be served, with the tag by which a reader who has it already is told so. */
export type GuideFile = { found: boolean; text: string; etag: string };

export type GuideAnswer = ({ kind: 'page' } & GuideFile) | { kind: 'elsewhere'; path: string };

export type Guide = {
  /**
   * The page of a method, or the index for null. An address that names no page gives one with `found` false that leads
   * on; one whose language is not spoken gives the address of the same page in a language that is: the reader's, else
   * the customer's, else English. Never refuses and never tells whether somebody is a customer: who changed nothing is
   * shown the same neutral guide as a tenant nobody here has heard of.
   */
  page(address: GuideAddress): Promise<GuideAnswer>;
  picture(language: string, name: string): GuideFile;
  style(): GuideFile;
  /** What the customer changed. */
  edits(customerId: string): Promise<GuideEdits>;
  /**
   * Changes the customer's guide and journals it. Refuses with `guide_edit_invalid` and every mistake; a patch that
   * changes nothing writes nothing.
   */
  edit(customerId: string, patch: GuidePatch, by: Json): Promise<{ change: 'changed' | 'none'; edits: GuideEdits }>;
};

/** An address as it came, nothing of it believed; `wanted` are the reader's languages, the most wanted first. */
export type GuideAddress = { customerId: string; language: string; method: string | null; wanted: readonly string[] };

const TENANT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const PICTURES = '/guide/pictures';
const STYLE_TAG = tagOf(GUIDE_STYLE);

/** Where the pages find their style sheet and pictures on this server. */
const ASSETS: GuideAssets = {
  style: `/guide/style/${STYLE_TAG}.css`,
  picture: (language, name) => `${PICTURES}/${language}/${name}.svg`,
};

/** Creates the enrolment guide over the store. */
export function createGuide({ database, clock }: { database: Database; clock: Clock }): Guide {
  const edits = (customerId: string) => database.withCustomer(customerId, readEdits);
  return {
    edits,
    page: async (address) => {
      const customerId = address.customerId.toLowerCase();
      if (!TENANT_ID.test(customerId)) return missing({ language: spoken(address, undefined) });
      return pageOf({ ...address, customerId }, await edits(customerId));
    },
    picture: (language, name) => {
      const picture = name.replace(/\.svg$/, '');
      if (!isGuideLanguage(language) || !isPictureName(picture)) return file('', false);
      return file(pictureSvg(picture, guideText(language).pictures[picture]));
    },
    style: () => file(GUIDE_STYLE),
    edit: async (customerId, given, by) => {
      const patch = parseGuidePatch(given);
      const at = new Date(clock.now());
      return database.withCustomer(customerId, async (tx) => {
        const before = await readEditsForChange(tx, at);
        const after = patchedEdits(before, patch);
        const changed = changedKeys(before, after, (value) => digestOf(value as Json));
        if (changed.length === 0) return { change: 'none', edits: before };
        await saveEdits(tx, after, at);
        const facts = { changed, edits: after as unknown as Json };
        await appendJournal(tx, { at, actor: by, event: 'guide.edited', facts });
        return { change: 'changed', edits: after };
      });
    },
  };
}

function pageOf(address: GuideAddress, edits: GuideEdits): GuideAnswer {
  const { customerId, language, method } = address;
  if (!isGuideLanguage(language)) return elsewhere(address, edits);
  if (method === null) return page(guidePage({ customerId, language, method, edits }, ASSETS));
  const view = { customerId, language, method: null, edits };
  if (!isGuideMethod(method)) return missing(view);
  if (!offeredMethods(edits).includes(method)) return missing({ ...view, method }, 'notOffered');
  return page(guidePage({ ...view, method }, ASSETS));
}

/** `/guide/<customer>/<method>` is what somebody types who leaves the language out. */
function elsewhere(address: GuideAddress, edits: GuideEdits): GuideAnswer {
  const { customerId, language, method } = address;
  const meant = method ?? language;
  const kept: GuideMethod | null = isGuideMethod(meant) ? meant : null;
  return {
    kind: 'elsewhere',
    path: guidePath({ customerId, language: spoken(address, edits.language), method: kept }),
  };
}

function spoken(address: GuideAddress, customers: GuideLanguage | undefined): GuideLanguage {
  const wanted = [address.language, ...address.wanted].map((tag) => tag.toLowerCase().split('-')[0] ?? '');
  return wanted.find(isGuideLanguage) ?? customers ?? 'en';
}

function missing(view: Parameters<typeof missingPage>[0], reason: 'unknown' | 'notOffered' = 'unknown'): GuideAnswer {
  return page(missingPage(view, ASSETS, reason), false);
}

function page(text: string, found = true): GuideAnswer {
  return { kind: 'page', ...file(text, found) };
}

function file(text: string, found = true): GuideFile {
  return { found, text, etag: `"${tagOf(text)}"` };
}

function tagOf(text: string): string {
  return digestOf(text)
    .replace(/^sha256:/, '')
    .slice(0, 16);
}
