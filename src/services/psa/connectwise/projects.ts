import type { ConnectWise } from './api.ts';
import { all, is } from './conditions.ts';
import { listOf } from './pages.ts';
import { type Change, ignoredChanges, sendPatch } from './patch.ts';
import { refuseIgnored } from './tickets.ts';
import { type Phase, type Project, phaseSchema, projectSchema, type Status, statusSchema } from './wire.ts';

type Signal = { signal?: AbortSignal | undefined };

/** A company's project of a name, the first one if there are several; null where there is none. */
export async function findProject(
  connectWise: ConnectWise,
  ask: Signal & { name: string; companyId: number },
): Promise<Project | null> {
  const projects = await listOf(connectWise, {
    call: 'projects',
    row: projectSchema,
    conditions: all(is('name', ask.name), is('company/id', ask.companyId)),
    signal: ask.signal,
  });
  const own = projects.filter(({ name, company }) => name === ask.name && company?.id === ask.companyId);
  return own.sort((a, b) => a.id - b.id)[0] ?? null;
}

export type NewProject = {
  name: string;
  companyId: number;
  boardId: number;
  billingMethod: 'ActualRates' | 'FixedFee' | 'NotToExceed' | 'OverrideRate';
  /** Instants, ISO 8601 in UTC. */
  estimatedStart: string;
  estimatedEnd: string;
  description?: string;
};

/** The project of this name and company: the one that is there, else a new one. After a lost answer ask again. */
export async function ensureProject(
  connectWise: ConnectWise,
  project: NewProject & Signal,
): Promise<{ project: Project; created: boolean }> {
  const found = await findProject(connectWise, project);
  if (found !== null) return { project: found, created: false };
  const { companyId, boardId, signal, ...rest } = project;
  const body = { ...rest, company: { id: companyId }, board: { id: boardId } };
  return { project: await connectWise.call({ call: 'addProject', body, signal }, projectSchema), created: true };
}

/** Changes a project. Refuses, by VendorBrokenError, a success that left it as it was. */
export async function updateProject(
  connectWise: ConnectWise,
  update: Signal & { projectId: number; changes: Change },
): Promise<Project> {
  const { projectId, changes, signal } = update;
  const read = async () => {
    const conditions = is('id', projectId);
    return (await listOf(connectWise, { call: 'projects', row: projectSchema, conditions, signal }))[0] ?? null;
  };
  const patch = { call: 'patchProject', ids: { id: projectId }, changes, read, signal } as const;
  const project = await sendPatch(connectWise, patch, projectSchema);
  refuseIgnored('patchProject', ignoredChanges(changes, project));
  return project;
}

/** A project's phase by its code; null where there is none. */
export async function findPhase(
  connectWise: ConnectWise,
  ask: Signal & { projectId: number; wbsCode: string },
): Promise<Phase | null> {
  const phases = await listOf(connectWise, {
    call: 'phases',
    ids: { id: ask.projectId },
    row: phaseSchema,
    conditions: is('wbsCode', ask.wbsCode),
    signal: ask.signal,
  });
  const own = phases.filter(({ wbsCode }) => wbsCode === ask.wbsCode).sort((a, b) => a.id - b.id);
  return own[0] ?? null;
}

export type NewPhase = {
  projectId: number;
  /** Ours: the same code never becomes two phases of a project. */
  wbsCode: string;
  description: string;
  statusId?: number;
  scheduledStart?: string;
  scheduledEnd?: string;
};

/** The phase of this code: the one that is there, else a new one. After a lost answer ask again. */
export async function ensurePhase(
  connectWise: ConnectWise,
  phase: NewPhase & Signal,
): Promise<{ phase: Phase; created: boolean }> {
  const found = await findPhase(connectWise, phase);
  if (found !== null) return { phase: found, created: false };
  const { projectId, statusId, signal, ...rest } = phase;
  const body = { ...rest, ...(statusId === undefined ? {} : { status: { id: statusId } }) };
  const made = await connectWise.call({ call: 'addPhase', ids: { id: projectId }, body, signal }, phaseSchema);
  return { phase: made, created: true };
}

/** Changes a phase. Refuses, by VendorBrokenError, a success that left it as it was. */
export async function updatePhase(
  connectWise: ConnectWise,
  update: Signal & { projectId: number; phaseId: number; changes: Change },
): Promise<Phase> {
  const { projectId, phaseId, changes, signal } = update;
  const read = async () => {
    const phases = { call: 'phases', ids: { id: projectId }, row: phaseSchema, conditions: is('id', phaseId) } as const;
    return (await listOf(connectWise, { ...phases, signal }))[0] ?? null;
  };
  const patch = { call: 'patchPhase', ids: { id: projectId, phaseId }, changes, read, signal } as const;
  const phase = await sendPatch(connectWise, patch, phaseSchema);
  refuseIgnored('patchPhase', ignoredChanges(changes, phase));
  return phase;
}

/** The statuses that projects or phases may have, over all boards. */
export function listProjectStatuses(
  connectWise: ConnectWise,
  ask: Signal & { of: 'project' | 'phase' },
): Promise<Status[]> {
  const call = ask.of === 'project' ? 'projectStatuses' : 'phaseStatuses';
  return listOf(connectWise, { call, row: statusSchema, signal: ask.signal });
}
