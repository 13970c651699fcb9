import { isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { type CwContext, hrefOf } from './context.ts';
import type { Flaw } from './errors.ts';
import type { FieldTable, Target } from './fields.ts';
import { BOARDS, PHASE_STATUSES, PRIORITIES, PROJECT_STATUSES, SOURCES } from './site.ts';
import { type CwContact, idIn } from './state.ts';

type Named = { id: number; name: string; identifier?: string; path: string };

/**
 * Writes every reference of `values` in full: by id, or by name or identifier where only that was sent. A status
 * counts on the board of `values` alone. Says which references lead nowhere.
 */
export function resolveReferences(context: CwContext, table: FieldTable, values: GraphObject): Flaw[] {
  const flaws: Flaw[] = [];
  for (const [field, rule] of Object.entries(table)) {
    const sent = values[field];
    if (rule.type !== 'reference' || !isObject(sent)) continue;
    const found = pick(candidates(context, rule.to, values), sent);
    if (found === undefined) {
      const message = `The ${field} ${JSON.stringify(sent.id ?? sent.name ?? sent.identifier ?? null)} was not found.`;
      flaws.push({ code: 'InvalidField', message, field });
      continue;
    }
    const { path, ...shown } = found;
    values[field] = { ...shown, _info: { [`${field}_href`]: hrefOf(context, path) } };
  }
  return flaws;
}

function pick(named: Iterable<Named>, sent: GraphObject): Named | undefined {
  const wanted = (item: Named) =>
    sent.id === undefined || sent.id === null
      ? isSame(item.identifier, sent.identifier) || isSame(item.name, sent.name)
      : item.id === Number(sent.id);
  for (const item of named) if (wanted(item)) return item;
  return undefined;
}

function isSame(name: string | undefined, sent: unknown): boolean {
  return name !== undefined && typeof sent === 'string' && name.toLowerCase() === sent.toLowerCase();
}

function candidates(context: CwContext, target: Target, values: GraphObject): Iterable<Named> {
  const { state } = context;
  switch (target) {
    case 'board':
      return BOARDS.map(({ id, name }) => ({ id, name, path: `/service/boards/${id}` }));
    case 'status': {
      const boardId = idIn(values.board);
      const board = BOARDS.find((candidate) => candidate.id === boardId);
      return (board?.statuses ?? []).map(({ id, name }) => ({
        id,
        name,
        path: `/service/boards/${boardId ?? ''}/statuses/${id}`,
      }));
    }
    case 'projectStatus':
      return PROJECT_STATUSES.map(({ id, name }) => ({ id, name, path: `/project/statuses/${id}` }));
    case 'phaseStatus':
      return PHASE_STATUSES.map(({ id, name }) => ({ id, name, path: `/project/phaseStatuses/${id}` }));
    case 'company':
      return state.companies.map(({ id, identifier, name }) => ({
        id,
        identifier,
        name,
        path: `/company/companies/${id}`,
      }));
    case 'contact':
      return contactsNamed(state.contacts);
    case 'member': {
      const { memberId: id, member } = state.site;
      return [{ id, identifier: member, name: member, path: `/system/members/${id}` }];
    }
    case 'priority':
      return PRIORITIES.map(({ id, name }) => ({ id, name, path: `/service/priorities/${id}` }));
    case 'source':
      return SOURCES.map(({ id, name }) => ({ id, name, path: `/service/sources/${id}` }));
    case 'project':
      return recordsNamed(state.records.project.values(), { name: 'name', path: () => '/project/projects' });
    case 'phase':
      return recordsNamed(state.records.phase.values(), {
        name: 'description',
        path: (phase) => `/project/projects/${String(phase.projectId)}/phases`,
      });
  }
}

function* contactsNamed(contacts: Iterable<CwContact>): Generator<Named> {
  for (const { id, firstName, lastName } of contacts) {
    yield { id, name: `${firstName} ${lastName}`.trim(), path: `/company/contacts/${id}` };
  }
}

function* recordsNamed(
  records: Iterable<GraphObject & { id: number }>,
  given: { name: string; path: (record: GraphObject) => string },
): Generator<Named> {
  for (const record of records) {
    yield { id: record.id, name: String(record[given.name]), path: `${given.path(record)}/${record.id}` };
  }
}
