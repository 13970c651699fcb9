import type { Signature } from '../rollout/approvals/sign-off.ts';
import { isWaiting } from '../rollout/phases/phase-life.core.ts';
import type { Rollout } from '../rollout/phases/phase-types.core.ts';

/** How far what comes before the first phase is. */
export type Preparation = {
  /** Null before HR and accounts were read: then there is nothing to sign. */
  signature: Signature['state'] | null;
  /** Whether our policies stand in the tenant. */
  isPushed: boolean;
};

const SIGN =
  'The customer’s approver signs the exceptions: on the card in #it-support, in the tab, or with mfa-rollout exceptions sign';
const PUSH =
  'Review the policy draft, approve it on its card or in the tab, then write it: mfa-rollout policy draft, mfa-rollout policy push';
const PLAN =
  'Review the master list and the exceptions: mfa-rollout roster, mfa-rollout exceptions. Then plan the phases: mfa-rollout procedure export';

/** What somebody does next for this customer, in a sentence with the command; what goes on by itself is said to. */
export function nextStep({ signature, isPushed }: Preparation, rollout: Rollout | null): string {
  if (signature === null) return 'Run: mfa-rollout sync';
  if (rollout === null) return PLAN;
  const { phases, state } = rollout;
  if (state !== 'running')
    return state === 'finished' ? 'The closing report: mfa-rollout report' : 'Begin again: mfa-rollout procedure apply';
  const ready = phases.find((phase) => phase.state === 'ready' && !isWaiting(phase));
  if (ready !== undefined) return `Approve the phase "${ready.name}": mfa-rollout phase show "${ready.name}"`;
  const waiting =
    phases.find((phase) => !['enforced', 'planned'].includes(phase.state) && !isWaiting(phase)) ??
    phases.find((phase) => phase.state === 'planned');
  const gate = waiting?.gates[0];
  if (waiting === undefined) return 'Everybody is through. The closing report: mfa-rollout report';
  if (gate !== undefined) return `"${waiting.name}": ${gate.message.en} ${gate.clear.en}`;
  if (signature !== 'signed') return SIGN;
  return isPushed ? `The phase "${waiting.name}" goes on by itself.` : PUSH;
}
