/** The control interface: the clock, the log of requests, faults, and people who change. Only with the control token. */
import { timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import { type Answer, type Call, headerOf } from '../http/exchange.ts';
import { faultSchema } from '../http/faults.ts';
import * as people from '../people.ts';
import { attemptSignIns, attemptsSchema } from '../sign-in-attempts.ts';
import type { BambooCompany } from '../world/world.ts';
import { GRAPH_CONTROL_ROUTES } from './graph-control.ts';
import {
  type ControlDeps,
  type ControlRoute,
  done,
  ok,
  readBody,
  route,
  withBody,
  withoutUndefined,
} from './routes.ts';
import {
  absencesSchema,
  clockSchema,
  companyOptionsSchema,
  connectionSchema,
  employeeChangeSchema,
  membersSchema,
  signInsSchema,
  tenantOptionsSchema,
  userChangeSchema,
} from './schemas.ts';
import { TEAMS_ROUTES } from './teams-control.ts';
import { VENDOR_ROUTES } from './vendors.ts';

const ROUTES: readonly ControlRoute[] = [
  route('GET', '/_sandbox', (deps) => ok({ urls: deps.urls() })),
  route('GET', '/_sandbox/clock', (deps) => ok(clockOf(deps))),
  route('POST', '/_sandbox/clock', turnClock),
  route('GET', '/_sandbox/requests', listRequests),
  route('DELETE', '/_sandbox/requests', (deps) => done(() => deps.log.clear())),
  route('GET', '/_sandbox/faults', (deps) => ok(deps.faults.list())),
  route('POST', '/_sandbox/faults', (deps, call) => withBody(call, faultSchema, (fault) => deps.faults.put(fault))),
  route('DELETE', '/_sandbox/faults', (deps) => done(() => deps.faults.clear())),
  route('DELETE', '/_sandbox/faults/{id}', (deps, _call, values) => done(() => deps.faults.remove(values.id ?? ''))),
  route('POST', '/_sandbox/tenants/{tenant}/options', (deps, call, values) =>
    withBody(call, tenantOptionsSchema, (options) =>
      people.setTenantOptions(deps.world, values.tenant ?? '', withoutUndefined(options)),
    ),
  ),
  route('POST', '/_sandbox/tenants/{tenant}/users/{user}', changeUser),
  route('POST', '/_sandbox/tenants/{tenant}/groups/{group}/members', (deps, call, values) =>
    withBody(call, membersSchema, (change) =>
      people.changeMembers(
        deps.world,
        { tenantId: values.tenant ?? '', groupId: values.group ?? '' },
        withoutUndefined(change),
      ),
    ),
  ),
  route('POST', '/_sandbox/tenants/{tenant}/signIns', (deps, call, values) =>
    withBody(call, signInsSchema, (rows) => people.addSignIns(deps.world, values.tenant ?? '', rows)),
  ),
  route('POST', '/_sandbox/tenants/{tenant}/signIns/attempts', (deps, call, values) =>
    ok(attemptSignIns(deps.world, values.tenant ?? '', readBody(call, attemptsSchema))),
  ),
  route('POST', '/_sandbox/bamboohr/{company}/options', (deps, call, values) =>
    withBody(call, companyOptionsSchema, (options) =>
      people.setCompanyOptions(deps.world, values.company ?? '', withoutUndefined(options)),
    ),
  ),
  route('POST', '/_sandbox/bamboohr/{company}/connections', (deps, call, values) =>
    ok(people.connectApplication(deps.world, values.company ?? '', readBody(call, connectionSchema).scopes)),
  ),
  route('DELETE', '/_sandbox/bamboohr/{company}/connections', (deps, _call, values) =>
    done(() => people.revokeConnections(deps.world, values.company ?? '')),
  ),
  route('POST', '/_sandbox/bamboohr/{company}/employees/{employee}', changeEmployee),
  route('POST', '/_sandbox/bamboohr/{company}/absences', (deps, call, values) =>
    withBody(call, absencesSchema, (absences) =>
      people.setAbsences(deps.world, values.company ?? '', absences as BambooCompany['absences']),
    ),
  ),
  ...GRAPH_CONTROL_ROUTES,
  ...VENDOR_ROUTES,
  ...TEAMS_ROUTES,
];

/** Answers a call to the control interface; a mistake of the caller is told with 400, a missing token with 401. */
export async function answerControl(deps: ControlDeps, call: Call): Promise<Answer> {
  if (!hasToken(call, deps.token)) return { status: 401, body: { error: 'the control token is missing or wrong' } };
  for (const { method, template, handle } of ROUTES) {
    const values = template.match(call.path);
    if (values === null || method !== call.method) continue;
    try {
      return await handle(deps, call, values);
    } catch (error) {
      return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
    }
  }
  return { status: 404, body: { error: `there is no ${call.method} ${call.path}` } };
}

function hasToken(call: Call, token: string): boolean {
  const given = Buffer.from(/^Bearer (.+)$/.exec(headerOf(call, 'authorization') ?? '')?.[1] ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function clockOf(deps: ControlDeps) {
  return { now: new Date(deps.world.now()).toISOString(), offsetMs: deps.offsetMs() };
}

function turnClock(deps: ControlDeps, call: Call): Answer {
  const turn = clockSchema.parse(JSON.parse(call.body) as unknown);
  const stepMs = 'advanceMs' in turn ? turn.advanceMs : Date.parse(turn.to) - deps.world.now();
  if (stepMs < 0) return { status: 400, body: { error: 'the clock does not go back' } };
  deps.setOffset(deps.offsetMs() + stepMs);
  return ok(clockOf(deps));
}

function listRequests(deps: ControlDeps, call: Call): Answer {
  const { query } = call;
  const found = deps.log
    .list()
    .filter(
      (request) =>
        (query.get('vendor') ?? request.vendor) === request.vendor &&
        (query.get('tenant') ?? request.tenant) === request.tenant &&
        (query.get('template') ?? request.template) === request.template,
    );
  return ok(found);
}

function changeUser(deps: ControlDeps, call: Call, values: Record<string, string>): Answer {
  const who = { tenantId: values.tenant ?? '', userId: values.user ?? '' };
  const change = userChangeSchema.parse(JSON.parse(call.body) as unknown);
  const { world } = deps;
  return done(() => {
    if (change.put !== undefined) people.putUser(world, who.tenantId, { ...change.put, id: who.userId });
    if (change.set !== undefined) people.patchUser(world, who, change.set);
    changeMethods(world, who, change);
    if (change.managerId !== undefined) people.changeManager(world, who, change.managerId);
    if (change.mailbox !== undefined) people.setMailbox(world, who, change.mailbox);
    if (change.delete !== undefined) people.deleteUser(world, who, change.delete === 'permanent');
  });
}

type UserChange = z.infer<typeof userChangeSchema>;

function changeMethods(world: people.WorldHandle, who: { tenantId: string; userId: string }, change: UserChange): void {
  if (change.removeMethods === true) people.setMethods(world, who, { methods: [], reportLagMs: 0 });
  if (change.enrol !== undefined) people.enrolUser(world, who, withoutUndefined(change.enrol));
  if (change.perUserMfa !== undefined) people.setPerUserMfa(world, who, change.perUserMfa);
}

function changeEmployee(deps: ControlDeps, call: Call, values: Record<string, string>): Answer {
  const who = { domain: values.company ?? '', employeeId: values.employee ?? '' };
  const change = employeeChangeSchema.parse(JSON.parse(call.body) as unknown);
  return done(() => {
    if ('set' in change) people.patchEmployee(deps.world, who, change.set);
    else if ('hire' in change) people.hireEmployee(deps.world, who.domain, { ...change.hire, id: who.employeeId });
    else people.removeEmployee(deps.world, who.domain, who.employeeId);
  });
}
