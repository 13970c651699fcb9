/**
 * The rollout as a project in the PSA: one phase for each department, so that whoever plans people's time there sees
 * when which department's turn is. Status and days follow the rollout; nothing goes the other way.
 */
import type { Json } from '../../lib/canonical-json.ts';
import { digestOf } from '../../lib/digest.ts';
import type { Phase, PhaseState, Rollout } from '../phases/phase-types.core.ts';
import { plainText } from './plain-text.core.ts';

export type PlanStatus = 'open' | 'working' | 'held' | 'closed';

/** One phase as the project shall show it. `code` names it for ever. */
export type PlannedPhase = { code: string; description: string; status: PlanStatus; start: string; end: string };

/** The project as it shall be; days as `YYYY-MM-DD`. */
export type PlannedProject = {
  key: string;
  name: string;
  start: string;
  end: string;
  status: PlanStatus;
  phases: readonly PlannedPhase[];
};

const SHORT_ID = 8;

/** The project of a rollout. */
export function projectOf(rollout: Rollout, language: 'en' | 'de'): PlannedProject {
  const title = language === 'de' ? 'MFA-Einführung' : 'MFA rollout';
  const phases = [...rollout.phases].sort((a, b) => a.ordinal - b.ordinal);
  const planned = phases.map((phase, index) => {
    const before = phases[index - 1];
    return plannedPhase(phase, before === undefined ? rollout.startsOn : before.enforceOn);
  });
  const days = [rollout.startsOn, rollout.deadline, ...planned.flatMap(({ start, end }) => [start, end])].sort();
  return {
    key: `project:${rollout.id}`,
    // Two rollouts of one customer are two projects.
    name: plainText(`${title} ${rollout.id.slice(0, SHORT_ID)}: ${rollout.procedure.name}`, 'line'),
    start: days[0] ?? rollout.startsOn,
    end: days.at(-1) ?? rollout.deadline,
    status: rollout.state === 'running' ? 'open' : 'closed',
    phases: planned,
  };
}

const DAY_CHARACTERS = 10;

function plannedPhase(phase: Phase, otherwise: string): PlannedPhase {
  const begun = (phase.announcedAt ?? otherwise).slice(0, DAY_CHARACTERS);
  const end = (phase.enforcedAt ?? phase.enforceOn).slice(0, DAY_CHARACTERS);
  return {
    code: `MFA-${phase.ordinal + 1}`,
    description: plainText(phase.name, 'line'),
    status: statusOf(phase.state),
    // A phase that was moved forward does not end before it begins.
    start: begun < end ? begun : end,
    end,
  };
}

function statusOf(state: PhaseState): PlanStatus {
  switch (state) {
    case 'planned':
      return 'open';
    case 'announced':
    case 'observing':
    case 'blocked':
    case 'ready':
    case 'approved':
    case 'rolledBack':
      return 'working';
    case 'held':
      return 'held';
    case 'enforced':
      return 'closed';
  }
}

/** What names one form of a phase. */
export function phaseDigest(phase: PlannedPhase): string {
  return digestOf(phase as unknown as Json);
}

/** A status as a site has it. */
export type SiteStatus = { id: number; name: string; closes: boolean; isDefault: boolean };

const NAMES: Readonly<Record<PlanStatus, RegExp | null>> = {
  open: null,
  working: /in[ -]?progress|in arbeit|in bearbeitung|active|started/i,
  held: /hold|paus|wartet|waiting|angehalten/i,
  closed: null,
};

/**
 * The site's status that says this best: by what closes, then by its name, else the default one. Undefined where the
 * site has none that fits; the status is then left as it is.
 */
export function siteStatus(statuses: readonly SiteStatus[], wanted: PlanStatus): number | undefined {
  const fitting = statuses.filter(({ closes }) => closes === (wanted === 'closed'));
  const pattern = NAMES[wanted];
  const named = pattern === null ? undefined : fitting.find(({ name }) => pattern.test(name));
  return (named ?? fitting.find(({ isDefault }) => isDefault) ?? fitting[0])?.id;
}
