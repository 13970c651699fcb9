import type { Push, PushPreview, ToldStep } from '../rollout/policy/push/push.ts';
import type { Answer } from './output.ts';

const STATES: Record<Push['state'], string> = {
  asked: 'The push is asked for and has not begun.',
  running: 'The push is under way or was interrupted; pushing again goes on with it.',
  live: 'Pushed: groups and both policies stand in the tenant, report-only.',
  refused: 'The push was refused before anything was written.',
  compensated: 'The push failed, and everything written was taken back.',
  standing: 'Something stands that could not be taken back.',
  undoing: 'The push is being taken back.',
  undone: 'The push was taken back.',
};

/** How a push ended, with every step; a push that left something standing is a refusal for scripts. */
export function pushAnswer(push: Push): Answer {
  const answer = { json: { push }, text: pushText(push) };
  if (push.failure === null) return answer;
  return { ...answer, refusal: { code: push.failure.code, message: push.failure.message } };
}

/** A push as a person reads it. */
export function pushText(push: Push): string {
  const did = push.did.length === 0 ? ['Nothing had to be written.'] : [];
  return [
    STATES[push.state],
    ...(push.failure === null ? [] : [push.failure.message]),
    ...(push.state === 'live' ? did : []),
    ...push.steps.map(stepLine),
    ...push.findings.map(({ rule, message }) => `  note (${rule}): ${message}`),
  ].join('\n');
}

/** What a push would write. */
export function previewAnswer(preview: PushPreview): Answer {
  const { digest, steps, refusal } = preview;
  const head = steps.length === 0 ? 'The tenant says already what the draft says.' : `A push of ${digest} would:`;
  const held = refusal === null ? [] : [`It is refused now (${refusal.rule}): ${refusal.message}`];
  return { json: preview, text: [head, ...steps.map(stepLine), ...held].join('\n') };
}

function stepLine({ does, undo, state, why }: ToldStep): string {
  const left = why === null ? '' : `: ${why}`;
  return state === 'planned' ? `  - ${does}; undo ${undo}` : `  - ${does} (${state}${left})`;
}
