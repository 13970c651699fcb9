import type { Decision } from '../rollout/approvals/approvals.core.ts';
import type { DrawnDraft, PolicyDraft } from '../rollout/policy/draft/draft.core.ts';
import type { DraftFinding } from '../rollout/policy/draft/draft-finding.core.ts';
import { type Answer, minuteText, oneLine } from './output.ts';
import { section } from './render-roster.ts';

/** The draft in JSON, what-if of everybody included, and in words. */
export function draftAnswer({ draft, effect }: DrawnDraft, nameOf: ReadonlyMap<string, string>): Answer {
  const whatIf = effect.map(({ accountId, ...row }) => ({ userId: accountId, ...row }));
  return { json: { ...draft, sentence: draft.sentences.en, whatIf }, text: draftText(draft, nameOf) };
}

function draftText(draft: PolicyDraft, nameOf: ReadonlyMap<string, string>): string {
  return [
    draft.sentences.en,
    '',
    ...draft.policies.map(({ name, json, digest }) => `${name} (${digest})\n${JSON.stringify(json, null, 2)}\n`),
    section(
      'Difference to what is live',
      ['policy', 'what changes'],
      draft.difference.map((row) => [row.policy, row.words]),
    ),
    section(
      'Groups',
      ['group', 'is', 'members', 'to add'],
      draft.groups.map((group) => [
        group.name,
        group.id ?? 'to be made',
        String(group.members.length),
        String(group.add.length),
      ]),
    ),
    findingsText(draft.findings),
    section(
      'Would be asked and cannot answer, as far as is known',
      ['name', 'department', 'can answer', 'why'],
      draft.stuck.map((row) => [row.displayName, row.department ?? '', row.canAnswer, row.why]),
    ),
    section(
      'Global Administrators',
      ['name', 'role', 'before', 'after', 'verdict'],
      draft.admins.map((row) => [
        nameOf.get(row.accountId) ?? row.displayName,
        row.role,
        row.before,
        row.after,
        row.verdict,
      ]),
    ),
    section(
      'Exceptions',
      ['name', 'kind', 'signed', 'until', 'verdict'],
      draft.exceptions.map((row) => [
        row.displayName,
        row.kind,
        row.signed ? 'yes' : 'no',
        row.until ?? 'no date',
        row.verdict,
      ]),
    ),
    ...draft.notes,
    '',
    `Digest of the draft, for the approval: ${draft.digest}`,
  ]
    .filter((part) => part !== undefined)
    .join('\n');
}

/** What stands against a draft, and how to clear it; nothing when nothing does. */
export function findingsText(findings: readonly DraftFinding[]): string | undefined {
  return section(
    'To be cleared',
    ['blocks', 'rule', 'what', 'how to clear it'],
    findings.map((row) => [row.blocks, row.rule, row.message, row.clear]),
  );
}

/** Who decided what about the draft. */
export function decidedText(state: { state: string; decision?: Decision }): string {
  const { decision } = state;
  if (decision === undefined) return 'Nobody has decided about this draft yet.';
  const who = oneLine(decision.displayName ?? decision.by.objectId);
  const words = `${who} ${decision.verdict} it on ${minuteText(decision.at)} (decision ${decision.id})`;
  if (state.state === 'outdated') return `The draft changed since: ${words}, and that was another one.`;
  return `${words}.`;
}
