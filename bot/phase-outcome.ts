import { z } from 'zod';
import type { Json } from '../src/lib/canonical-json.ts';
import { AppError } from '../src/lib/errors.ts';
import type { Actor } from '../src/rollout/access/access.core.ts';
import { isSamePerson, PHASE_VERDICTS } from '../src/rollout/approvals/phase-approval.core.ts';
import type { PhaseDecisionOutcome } from '../src/rollout/approvals/phase-approval-types.ts';
import { inGerman } from '../src/rollout/helpdesk/german-words.core.ts';
import type { Sentence } from '../src/rollout/phases/phase-types.core.ts';
import type { PhaseView } from './cards/phase.card.ts';
import type { Language } from './cards/texts.ts';

/* Stored shapes: how a press on the card of a phase ended, kept until Teams has surely stopped delivering it. */
const text = z.object({ en: z.string(), de: z.string() }).optional();
const outcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('recorded') }),
  z.object({
    outcome: z.literal('already'),
    decision: z
      .object({
        id: z.string(),
        phase: z.string(),
        verdict: z.enum(PHASE_VERDICTS),
        digest: z.string(),
        by: z.object({ tenantId: z.string(), objectId: z.string() }),
        displayName: z.string().nullable(),
        anyway: z.array(z.string()),
        at: z.string(),
      })
      .nullable(),
    message: z.string(),
    text,
  }),
  z.object({ outcome: z.literal('stale') }),
  z.object({ outcome: z.literal('refused'), code: z.string(), message: z.string(), text }),
]);

/** Codes of presses that fit an earlier state of the phase. */
const OVERTAKEN: ReadonlySet<string> = new Set(['phase_state', 'phase_not_ready']);

/** What to remember of a press; one that was refused only because the phase went on meanwhile is `stale`. */
export function rememberedPhase(outcome: PhaseDecisionOutcome, hasMoved: boolean): Json {
  const isOvertaken = outcome.outcome === 'refused' && hasMoved && OVERTAKEN.has(outcome.code);
  return outcomeSchema.parse(isOvertaken ? { outcome: 'stale' } : outcome) as unknown as Json;
}

/**
 * What the card says of a press before it shows the present state; null where that says it all. Rejects with what stood
 * against it.
 */
export function phaseNotice(actor: Actor, acted: Json, language: Language): PhaseView['notice'] {
  if (acted === null) return null;
  const outcome = outcomeSchema.parse(acted);
  switch (outcome.outcome) {
    case 'recorded':
      return null;
    case 'already':
      if (outcome.decision === null) return { said: toldIn(language, outcome) };
      return isSamePerson(outcome.decision.by, actor.identity) ? null : { already: outcome.decision };
    case 'stale':
      return 'stale';
    case 'refused':
      throw new AppError(outcome.code, outcome.message, { userMessage: toldIn(language, outcome) });
  }
}

/** The sentence in the reader's language, where the decision told it in both. */
function toldIn(language: Language, { message, text: both }: { message: string; text?: Sentence | undefined }): string {
  return both?.[language] ?? (language === 'de' ? inGerman(message) : message);
}
