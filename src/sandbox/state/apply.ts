import { livedOn } from '../life/life-state.ts';
import type { GraphObject, Tenant } from '../world/world.ts';
import type { CompanyEvent, TenantEvent, TenantHappening, TenantPart } from './events.ts';
import { applyKeptEvent } from './kept.ts';
import { type Change, type CompanyState, type TenantState, userName } from './state.ts';

/** Applies one event to its tenant; `seq` is the event's place in the journal. Refuses what names nothing. */
export function applyTenantEvent(state: TenantState, event: TenantEvent, seq: number): void {
  const { tenant } = state;
  if (!LEAVES_COVER.has(event.type)) {
    state.coverSeq = seq;
    if (event.type !== 'methods.set') state.rulesSeq = seq;
  }
  switch (event.type) {
    case 'user.put':
      putUser(state, event.user, seq);
      return;
    case 'user.patch':
      patchUser(state, event, seq);
      return;
    case 'user.delete':
      deleteUser(state, event, seq);
      return;
    case 'manager.set':
      setManager(state, event, seq);
      return;
    case 'methods.set':
      tenant.authenticationMethods[event.userId] = event.methods;
      if (event.lag === null) delete tenant.registrationReportLag[event.userId];
      else tenant.registrationReportLag[event.userId] = event.lag;
      return;
    case 'mailbox.set':
      if (event.purpose === null) delete tenant.mailboxPurposes[event.userId];
      else tenant.mailboxPurposes[event.userId] = event.purpose;
      return;
    case 'perUserMfa.set':
      tenant.perUserMfa[event.userId] = event.state;
      return;
    case 'group.put':
    case 'group.patch':
    case 'group.delete':
    case 'members.change':
      applyGroupEvent(state, event, seq);
      return;
    case 'part.set':
      setPart(tenant, event.part, event.value);
      return;
    case 'signIns.add':
      tenant.signIns = withSignIns(tenant.signIns, event.signIns);
      return;
    case 'audits.add':
      tenant.directoryAudits = newestFirst([...event.audits, ...tenant.directoryAudits], 'activityDateTime');
      return;
    case 'together':
      for (const one of event.events) applyTenantEvent(state, { ...one, tenantId: event.tenantId }, seq);
      return;
    case 'options.set':
    case 'list.put':
    case 'list.remove':
    case 'watch.baseline':
    case 'kept.put':
    case 'kept.remove':
    case 'app.put':
    case 'app.delete':
    case 'life.began':
    case 'life.lived':
      applyWrittenEvent(state, event, seq);
      return;
  }
}

type WrittenEvent = Extract<
  TenantEvent,
  {
    type:
      | 'options.set'
      | 'list.put'
      | 'list.remove'
      | 'watch.baseline'
      | 'kept.put'
      | 'kept.remove'
      | 'app.put'
      | 'app.delete'
      | 'life.began'
      | 'life.lived';
  }
>;

/** Options, life, and what mostly comes from callers' writes. */
function applyWrittenEvent(state: TenantState, event: WrittenEvent, seq: number): void {
  switch (event.type) {
    case 'options.set':
      state.options = { ...state.options, ...event.options };
      return;
    case 'list.put':
    case 'list.remove':
      changeList(state.tenant, event);
      return;
    case 'watch.baseline':
      state.baselineSeq = seq;
      return;
    case 'kept.put':
    case 'kept.remove':
      applyKeptEvent(state.kept, event);
      return;
    case 'app.put':
      state.tenant.apps = [...state.tenant.apps.filter((app) => app.clientId !== event.app.clientId), event.app];
      return;
    case 'app.delete':
      state.tenant.apps = state.tenant.apps.filter((app) => app.clientId !== event.clientId);
      return;
    case 'life.began':
      state.life = event.life;
      return;
    case 'life.lived':
      if (state.life !== null) state.life = livedOn(state.life, event);
      return;
  }
}

/** What changes nobody's sign-ins, so that the watch need not look again. `together` is judged by its parts. */
const LEAVES_COVER = new Set<TenantHappening['type']>([
  'manager.set',
  'mailbox.set',
  'app.put',
  'app.delete',
  'signIns.add',
  'audits.add',
  'options.set',
  'watch.baseline',
  'kept.put',
  'kept.remove',
  'life.began',
  'life.lived',
  'together',
]);

/** A changed item keeps its place, a new one goes to the end. */
function changeList(tenant: Tenant, event: Extract<TenantHappening, { type: 'list.put' | 'list.remove' }>): void {
  const items = tenant[event.list];
  if (event.type === 'list.remove') {
    tenant[event.list] = items.filter((item) => item.id !== event.id);
    return;
  }
  const index = items.findIndex((item) => item.id === event.item.id);
  tenant[event.list] = index < 0 ? [...items, event.item] : items.with(index, event.item);
}

/** Applies one event to a company at BambooHR. `at` is the instant that `employees/changed` will tell. */
export function applyCompanyEvent(state: CompanyState, event: CompanyEvent, at: string): void {
  const { company } = state;
  switch (event.type) {
    case 'employee.put': {
      const index = company.employees.findIndex((employee) => employee.id === event.employee.id);
      if (index < 0) company.employees.push(event.employee);
      else company.employees[index] = event.employee;
      company.lastChanged[event.employee.id] = { action: event.action, at };
      return;
    }
    case 'employee.delete':
      company.employees = company.employees.filter((employee) => employee.id !== event.employeeId);
      company.lastChanged[event.employeeId] = { action: 'Deleted', at };
      return;
    case 'absences.set':
      company.absences = event.absences;
      return;
    case 'oauth.grant.set':
      state.grants.set(event.grant.id, event.grant);
      return;
    case 'webhook.put':
      state.webhooks.set(event.webhook.id, event.webhook);
      return;
    case 'webhook.delete':
      state.webhooks.delete(event.id);
      return;
    case 'parcel.put':
      state.parcels.set(event.parcel.id, event.parcel);
      return;
    case 'parcel.delete':
      state.parcels.delete(event.id);
      return;
    case 'company.options.set':
      state.options = { ...state.options, ...event.options };
      return;
    case 'workday.options.set':
      state.workday = { ...state.workday, ...event.options };
      return;
  }
}

function putUser(state: TenantState, user: GraphObject & { id: string }, seq: number): void {
  const index = state.tenant.users.findIndex((other) => other.id === user.id);
  const before = state.usersById.get(user.id);
  if (before !== undefined) state.usersByName.delete(userName(before));
  if (index < 0) state.tenant.users.push(user);
  else state.tenant.users[index] = user;
  state.usersById.set(user.id, user);
  state.usersByName.set(userName(user), user);
  state.changes.push({ seq, kind: 'user', id: user.id, properties: Object.keys(user) });
}

function patchUser(state: TenantState, event: { userId: string; set: GraphObject }, seq: number): void {
  const before = requireUser(state, event.userId);
  putUser(state, { ...before, ...event.set, id: event.userId }, seq);
  const last = state.changes.at(-1);
  if (last !== undefined) last.properties = Object.keys(event.set);
}

function deleteUser(state: TenantState, event: { userId: string; permanently: boolean }, seq: number): void {
  const user = requireUser(state, event.userId);
  const { tenant } = state;
  tenant.users = tenant.users.filter((other) => other.id !== event.userId);
  state.usersById.delete(event.userId);
  state.usersByName.delete(userName(user));
  delete tenant.managers[event.userId];
  delete tenant.authenticationMethods[event.userId];
  delete tenant.mailboxPurposes[event.userId];
  for (const entry of tenant.groups) entry.members = entry.members.filter((member) => member.id !== event.userId);
  const removed = event.permanently ? 'deleted' : 'changed';
  state.changes.push({ seq, kind: 'user', id: event.userId, properties: [], removed });
}

function setManager(state: TenantState, event: { userId: string; managerId: string | null }, seq: number): void {
  requireUser(state, event.userId);
  const before = state.tenant.managers[event.userId];
  if (event.managerId === null) delete state.tenant.managers[event.userId];
  else state.tenant.managers[event.userId] = requireUser(state, event.managerId).id;
  const change: Change = { seq, kind: 'user', id: event.userId, properties: ['manager'] };
  if (before !== undefined) change.removedIds = [before];
  state.changes.push(change);
}

type GroupEvent = Extract<TenantEvent, { type: 'group.put' | 'group.patch' | 'group.delete' | 'members.change' }>;

function applyGroupEvent(state: TenantState, event: GroupEvent, seq: number): void {
  const { tenant } = state;
  if (event.type === 'group.put') {
    const owners = event.owners ?? state.groupsById.get(event.group.id)?.owners;
    const entry = { group: event.group, members: event.members, ...(owners === undefined ? {} : { owners }) };
    tenant.groups = [...tenant.groups.filter((other) => other.group.id !== event.group.id), entry];
    state.groupsById.set(event.group.id, entry);
    state.deletedGroups.delete(event.group.id);
    state.changes.push({
      seq,
      kind: 'group',
      id: event.group.id,
      properties: [...Object.keys(event.group), 'members'],
    });
    return;
  }
  const entry = state.groupsById.get(event.groupId);
  if (entry === undefined) throw new Error(`there is no group ${event.groupId} in tenant ${event.tenantId}`);
  if (event.type === 'group.patch') {
    entry.group = { ...entry.group, ...event.set, id: event.groupId };
    state.changes.push({ seq, kind: 'group', id: event.groupId, properties: Object.keys(event.set) });
    return;
  }
  if (event.type === 'group.delete') {
    tenant.groups = tenant.groups.filter((other) => other !== entry);
    state.groupsById.delete(event.groupId);
    const types = entry.group.groupTypes;
    if (Array.isArray(types) && types.includes('Unified'))
      state.deletedGroups.set(event.groupId, { entry, at: event.at ?? null });
    state.changes.push({ seq, kind: 'group', id: event.groupId, properties: [], removed: 'changed' });
    return;
  }
  const leaving = new Set(event.removed);
  const staying = entry.members.filter((member) => !leaving.has(member.id));
  entry.members = [...staying, ...event.added.filter((member) => staying.every((other) => other.id !== member.id))];
  state.changes.push({ seq, kind: 'group', id: event.groupId, properties: ['members'], removedIds: event.removed });
}

function setPart(tenant: Tenant, part: TenantPart, value: unknown): void {
  // The journal holds what a function of this folder wrote under the part's own type.
  Object.assign(tenant, { [part]: value });
}

/** Most rows are newer than all before them: a log of many thousands is not sorted again for each of them. */
function withSignIns(before: Tenant['signIns'], added: Tenant['signIns']): Tenant['signIns'] {
  const newest = newestFirst([...added], 'createdDateTime');
  const [last, head] = [newest.at(-1), before[0]];
  const isNewer =
    last === undefined || head === undefined || Date.parse(last.createdDateTime) >= Date.parse(head.createdDateTime);
  return isNewer ? [...newest, ...before] : newestFirst([...newest, ...before], 'createdDateTime');
}

function newestFirst<T extends GraphObject>(rows: T[], property: string): T[] {
  return rows.sort((a, b) => Date.parse(String(b[property])) - Date.parse(String(a[property])));
}

function requireUser(state: TenantState, userId: string): GraphObject & { id: string } {
  const user = state.usersById.get(userId);
  if (user === undefined) throw new Error(`there is no user ${userId} in tenant ${state.tenant.tenantId}`);
  return user;
}
