import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { ensurePhase, ensureProject, updatePhase, updateProject } from '../../services/psa/connectwise/projects.ts';
import type { Status } from '../../services/psa/connectwise/wire.ts';
import {
  type PlannedPhase,
  type PlannedProject,
  type PlanStatus,
  phaseDigest,
  type SiteStatus,
  siteStatus,
} from './project.core.ts';
import { begin, type RecordOutcome, type RecordRun, settled } from './records.ts';
import { readRecord, saveRecord } from './tickets.store.ts';

const status = z.enum(['open', 'working', 'held', 'closed']);
const plannedSchema = z.object({
  key: z.string(),
  name: z.string(),
  start: z.string(),
  end: z.string(),
  status,
  phases: z.array(z.object({ code: z.string(), description: z.string(), status, start: z.string(), end: z.string() })),
});

/** How a stored wish for a project reads. */
export function plannedProjectOf(wanted: unknown): PlannedProject {
  return plannedSchema.parse(wanted);
}

/** What of the project itself was brought there, beside its phases. */
const HEAD = 'project';

/**
 * Brings the project and its phases to how they shall be: each is looked for before it is made, and changed only when
 * the rollout changed it since. Refuses `psa_project_board_missing` where the customer file names no project board.
 */
export async function syncProject(run: RecordRun): Promise<RecordOutcome> {
  const { deps, record, signal } = run;
  const planned = plannedProjectOf(record.wanted);
  await settled(deps, record.begun?.at ?? null, signal);
  await begin(run);
  deps.stopPoint('tickets.project.begun');
  const parts = { ...record.parts };
  const projectId = await bringProject(run, planned);
  deps.stopPoint('tickets.project.made');
  const head = await bringHead(run, { projectId, planned, before: parts[HEAD] ?? null });
  parts[HEAD] = head;
  for (const phase of planned.phases) {
    const digest = phaseDigest(phase);
    if (parts[phase.code] === digest) continue;
    await bringPhase(run, projectId, phase);
    deps.stopPoint('tickets.phase.made');
    parts[phase.code] = digest;
    await keepParts(run, parts);
  }
  const isNew = record.recordId === null;
  return { recordId: projectId, standing: 'open', parts, event: isNew ? 'project.created' : 'project.synced' };
}

async function keepParts({ deps, customer, record }: RecordRun, parts: Record<string, string>): Promise<void> {
  await deps.database.withCustomer(customer.id, async (tx) => {
    const now = await readRecord(tx, record.key);
    if (now !== null) await saveRecord(tx, { ...now, parts }, new Date(deps.clock.now()));
  });
}

async function bringProject({ place, record, signal }: RecordRun, planned: PlannedProject): Promise<number> {
  if (record.recordId !== null) return record.recordId;
  const boardId = await place.boardId('project', signal);
  if (boardId === undefined) {
    const userMessage =
      'The customer file names no board for projects, so the rollout stands as no project in the PSA. Add "psa.projectBoard".';
    throw new AppError('psa_project_board_missing', userMessage, { userMessage });
  }
  const { project } = await ensureProject(place.connectWise, {
    name: planned.name,
    companyId: await place.companyId(signal),
    boardId,
    billingMethod: 'ActualRates',
    estimatedStart: startOf(planned.start),
    estimatedEnd: startOf(planned.end),
    signal,
  });
  return project.id;
}

type Head = { projectId: number; planned: PlannedProject; before: string | null };

/** Days and status of the project itself; gives what stands there now. */
async function bringHead({ place, signal }: RecordRun, { projectId, planned, before }: Head): Promise<string> {
  const { start, end } = planned;
  const now = `${start} ${end} ${planned.status}`;
  const fresh = `${start} ${end} open`;
  if (now === (before ?? fresh)) return now;
  const statusId = await statusIdOf(place, 'project', planned.status, signal);
  const changes = {
    estimatedStart: startOf(start),
    estimatedEnd: startOf(end),
    ...(statusId === undefined ? {} : { status: { id: statusId } }),
  };
  await updateProject(place.connectWise, { projectId, changes, signal });
  return now;
}

async function bringPhase({ place, signal }: RecordRun, projectId: number, wanted: PlannedPhase): Promise<void> {
  const { connectWise } = place;
  const statusId = await statusIdOf(place, 'phase', wanted.status, signal);
  const days = { scheduledStart: startOf(wanted.start), scheduledEnd: startOf(wanted.end) };
  const { phase, created } = await ensurePhase(connectWise, {
    projectId,
    wbsCode: wanted.code,
    description: wanted.description,
    ...(statusId === undefined ? {} : { statusId }),
    ...days,
    signal,
  });
  if (created) return;
  const changes = {
    description: wanted.description,
    ...days,
    ...(statusId === undefined ? {} : { status: { id: statusId } }),
  };
  await updatePhase(connectWise, { projectId, phaseId: phase.id, changes, signal });
}

async function statusIdOf(
  place: RecordRun['place'],
  of: 'project' | 'phase',
  wanted: PlanStatus,
  signal: AbortSignal,
): Promise<number | undefined> {
  return siteStatus((await place.planStatuses(of, signal)).filter(isUsable).map(siteStatusOf), wanted);
}

function isUsable({ inactive, inactiveFlag }: Status): boolean {
  return inactive !== true && inactiveFlag !== true;
}

function siteStatusOf({ id, name, closedFlag, closedStatus, defaultFlag }: Status): SiteStatus {
  return { id, name, closes: closedFlag === true || closedStatus === true, isDefault: defaultFlag === true };
}

/** A day as ConnectWise takes it: an instant in UTC. */
function startOf(day: string): string {
  return `${day}T00:00:00Z`;
}
