import type { Answer } from '../http/exchange.ts';
import { isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { type CwCall, type CwContext, hrefOf, infoOf, keep, listingOf } from './context.ts';
import { type Flaw, invalidObject, noRecord } from './errors.ts';
import { type FieldTable, PHASE_FIELDS, PROJECT_FIELDS, readFields, searchNames } from './fields.ts';
import { countRecords, cut, listRecords } from './listing.ts';
import { customFieldsFlaw, patchRecord } from './patch.ts';
import { resolveReferences } from './references.ts';
import { BOARDS, PHASE_STATUSES, PROJECT_STATUSES } from './site.ts';
import { type CwRecord, idIn } from './state.ts';

/** What tells a project from a phase of one. */
type Plan = {
  kind: 'project' | 'phase';
  title: string;
  resource: string;
  fields: FieldTable;
  statuses: readonly { id: number; defaultFlag: boolean; closedFlag: boolean }[];
};

export const PROJECT: Plan = {
  kind: 'project',
  title: 'Project',
  resource: 'project',
  fields: PROJECT_FIELDS,
  statuses: PROJECT_STATUSES,
};

export const PHASE: Plan = {
  kind: 'phase',
  title: 'Phase',
  resource: 'projectPhase',
  fields: PHASE_FIELDS,
  statuses: PHASE_STATUSES,
};

/** The records that the address is about: all projects, or the phases of one. */
function recordsOf(context: CwCall, plan: Plan): CwRecord[] {
  const all = [...context.state.records[plan.kind].values()];
  return plan.kind === 'project' ? all : all.filter((phase) => phase.projectId === Number(context.values.parentId));
}

function findPlan(context: CwCall, plan: Plan): CwRecord | undefined {
  return recordsOf(context, plan).find((record) => record.id === Number(context.values.id));
}

export function listPlans(context: CwCall, plan: Plan): Answer {
  return listRecords(recordsOf(context, plan), listingOf(context, searchNames(plan.fields)));
}

export function countPlans(context: CwCall, plan: Plan): Answer {
  return countRecords(recordsOf(context, plan), listingOf(context, searchNames(plan.fields)));
}

export function getPlan(context: CwCall, plan: Plan): Answer {
  const record = findPlan(context, plan);
  return record === undefined
    ? noRecord(plan.title, context.values.id ?? '')
    : { status: 200, body: cut(record, context.call) };
}

/** POST: 201 with the whole record. A phase takes the board of its project. */
export function postPlan(context: CwCall, plan: Plan): Answer {
  const sent = isObject(context.json) ? context.json : {};
  const parent = context.state.records.project.get(Number(context.values.parentId));
  if (plan.kind === 'phase' && parent === undefined) return noRecord('Project', context.values.parentId ?? '');
  const inherited = parent === undefined ? {} : { board: parent.board };
  const made = complete(context, plan, { customFields: [], ...inherited, ...sent });
  if (!made.ok) return invalidObject(plan.resource, made.flaws);
  const record = finish(context, { plan, values: made.values, before: null, projectId: parent?.id });
  keep(context, [{ kind: plan.kind, record }], noticeOf(plan, 'added'));
  return { status: 201, body: record };
}

/** PATCH. */
export function patchPlan(context: CwCall, plan: Plan): Answer {
  const before = findPlan(context, plan);
  if (before === undefined) return noRecord(plan.title, context.values.id ?? '');
  const patched = patchRecord(before, context.json, searchNames(plan.fields));
  if (!patched.ok) return invalidObject(plan.resource, patched.flaws);
  const flaw = context.state.options.customFieldsInPatch ? customFieldsFlaw(before, patched.paths) : null;
  if (flaw !== null) return invalidObject(plan.resource, [flaw]);
  const made = complete(context, plan, patched.record);
  if (!made.ok) return invalidObject(plan.resource, made.flaws);
  const projectId = typeof before.projectId === 'number' ? before.projectId : undefined;
  const record = finish(context, { plan, values: made.values, before, projectId });
  keep(context, [{ kind: plan.kind, record }], noticeOf(plan, 'updated'));
  return { status: 200, body: record };
}

/** DELETE. */
export function deletePlan(context: CwCall, plan: Plan): Answer {
  const record = findPlan(context, plan);
  if (record === undefined) return noRecord(plan.title, context.values.id ?? '');
  context.record({ type: 'connectwise.remove', kind: plan.kind, id: record.id });
  if (plan.kind === 'project') context.tell({ action: 'deleted', type: 'project', record });
  return { status: 204 };
}

/** Phases have no callbacks of their own. */
function noticeOf(plan: Plan, action: 'added' | 'updated') {
  return plan.kind === 'project' ? { action, type: 'project' as const } : null;
}

type Complete = { ok: true; values: GraphObject } | { ok: false; flaws: Flaw[] };

function complete(context: CwContext, plan: Plan, sent: GraphObject): Complete {
  const { values, flaws } = readFields(plan.fields, sent);
  values.status ??= { id: plan.statuses.find((status) => status.defaultFlag)?.id };
  const found = [...flaws, ...resolveReferences(context, plan.fields, values)];
  const board = BOARDS.find((candidate) => candidate.id === idIn(values.board));
  if (board?.projectFlag === false) {
    found.push({ code: 'InvalidField', message: 'The board must be a project board.', field: 'board' });
  }
  return found.length > 0 ? { ok: false, flaws: found } : { ok: true, values };
}

function finish(
  context: CwContext,
  given: { plan: Plan; values: GraphObject; before: CwRecord | null; projectId: number | undefined },
): CwRecord {
  const { plan, values, before, projectId } = given;
  const id = before?.id ?? context.state.nextId;
  const closes = plan.statuses.find((status) => status.id === idIn(values.status))?.closedFlag === true;
  const links: Record<string, string> =
    plan.kind === 'project'
      ? {
          notes_href: hrefOf(context, `/project/projects/${id}/notes`),
          phases_href: hrefOf(context, `/project/projects/${id}/phases`),
        }
      : {};
  return {
    id,
    ...(projectId === undefined ? {} : { projectId }),
    ...values,
    ...(plan.kind === 'project' ? { closedFlag: closes } : {}),
    _info: infoOf(context, before, links),
  };
}
