import type { FindingFact, ReportModel } from '../rollout/evidence/report-types.core.ts';
import { coverOf, ordinaryShapes } from '../sandbox/evaluator/watch.ts';
import { visibleSignIns } from '../sandbox/graph/audit-logs.ts';
import { reportLife } from '../sandbox/life/life-report.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Tenant } from '../sandbox/world/world.ts';
import { clientsAtWork } from './clients-at-work.ts';
import { lostCover } from './lost-cover.ts';

/* What the product says at the end beside what is so in the simulated tenant, which it never saw. */

/** One thing said or promised, how it is, and whether they agree. A promise is told as `none`: no report claims it. */
export type TruthRow = { what: string; by: 'report' | 'promise'; reported: string; truth: string; agrees: boolean };

export type Judged = {
  model: ReportModel;
  /** Accounts that a signature leaves out of the policies: by the table signed last, and by any. */
  released: { atTheEnd: readonly string[]; ever: readonly string[] };
  /** Accounts of programs that could not answer MFA, with the phase that each belongs to. */
  phaseOf(accountId: string): string | null;
  /** Every message that the product counts as accepted: to whom, of which step. */
  mails: readonly { person: string; message: string; phase: string; address: string; subject: string | null }[];
  today: string;
  /** Up to when the logs of sign-ins were read, in ms. */
  readToMs: number;
};

/**
 * Compares what is reported with what the simulated tenant is like by its own evaluator: who is enforced, who is carved
 * out, which old clients are still at work, who was written to how often; and what is promised, that nobody is locked out
 * or loses cover, with how it went. Every row has to agree.
 */
export function judgeByTruth(sandbox: Sandbox, tenantId: string, judged: Judged): TruthRow[] {
  const { lockedOut, newlyLockedOut, lostCover: end } = sandbox.watch.look(tenantId);
  const writes = sandbox.watch.verdicts(tenantId);
  const worst = (pick: (verdict: (typeof writes)[number]) => number) => Math.max(0, ...writes.map(pick));
  const lost = lostCover({
    ...{ end, writes: writes.map((verdict) => verdict.lostCover) },
    signed: judged.released,
    hadDefaults: begunWithDefaults(sandbox, tenantId),
  });
  return [
    ...standingRows(sandbox, tenantId, judged),
    ...clientRows(sandbox, tenantId, judged),
    ...chaseRows(sandbox, judged),
    promise('locked out at the end', newlyLockedOut.length === 0 ? 0 : lockedOut.length),
    promise(
      'locked out after any write',
      worst((verdict) => verdict.newlyLockedOut.length),
    ),
    promise('lost cover at the end', lost.atTheEnd),
    promise('lost cover after any write', lost.atWorst),
  ];
}

function row(what: string, reported: number | string, truth: number | string): TruthRow {
  return {
    ...{ what, by: 'report' },
    ...{ reported: String(reported), truth: String(truth), agrees: String(reported) === String(truth) },
  };
}

/** The same things, each as often: shown by how many there are, and how many of them only one side knows. */
function sameRow(what: string, reported: readonly string[], truth: readonly string[]): TruthRow {
  const shown = (own: readonly string[], other: readonly string[]) => {
    const left = new Map<string, number>();
    for (const one of other) left.set(one, (left.get(one) ?? 0) + 1);
    const alone = own.filter((one) => {
      const count = left.get(one) ?? 0;
      left.set(one, count - 1);
      return count <= 0;
    });
    return alone.length === 0 ? `${own.length}` : `${own.length}, ${alone.length} of them only here`;
  };
  return row(what, shown(reported, truth), shown(truth, reported));
}

function promise(what: string, truth: number): TruthRow {
  return { what, by: 'promise', reported: 'none', truth: truth === 0 ? 'none' : String(truth), agrees: truth === 0 };
}

function tenantOf(sandbox: Sandbox, tenantId: string) {
  const found = sandbox.state.tenants.get(tenantId);
  if (found === undefined) throw new RangeError(`there is no tenant ${tenantId}`);
  return found;
}

function begunWithDefaults(sandbox: Sandbox, tenantId: string): boolean {
  return sandbox.begun.tenants.find((one) => one.tenantId === tenantId)?.securityDefaults.isEnabled === true;
}

/**
 * Who is asked for MFA at every ordinary sign-in, by what is enforced for all of it. Per-user MFA is not counted: an app
 * password is one factor, and whoever is only enabled keeps old clients.
 * https://learn.microsoft.com/entra/identity/authentication/howto-mfa-app-passwords
 */
export function requiredByPolicies(tenant: Tenant): ReadonlySet<string> {
  const everywhere = ordinaryShapes(tenant).length;
  const isEverywhere = (kinds: readonly string[]) =>
    kinds.length === everywhere && kinds.every((kind) => kind !== 'mfaWhenNecessary');
  const cover = coverOf({ ...tenant, perUserMfa: {} });
  return new Set([...cover].flatMap(([id, kinds]) => (isEverywhere([...kinds.values()]) ? [id] : [])));
}

function standingRows(sandbox: Sandbox, tenantId: string, { model, today }: Judged): TruthRow[] {
  const { tenant } = tenantOf(sandbox, tenantId);
  const required = requiredByPolicies(tenant);
  const isRequired = (id: string) => required.has(id);
  const byId = new Map(tenant.users.map((user) => [user.id, user]));
  const inScope = model.accounts.filter(({ standing }) => standing !== 'outOfScope').map(({ accountId }) => accountId);
  const enforced = model.references['scope.enforced'];
  const really = inScope.filter(isRequired);
  const signed = model.exceptions.filter((one) => one.signed);
  const isBlocked = (id: string) => byId.get(id)?.accountEnabled === false;
  const isOver = (endsAt: string | null) => endsAt !== null && endsAt <= today;
  // Signed minus sign-in blocked minus ended; whoever is required all the same is no longer carved out.
  const carved = signed.filter(
    ({ accountId, endsAt }) => !isBlocked(accountId) && !isOver(endsAt) && !isRequired(accountId),
  );
  return [
    row('accounts', model.figures['accounts.total'] ?? 'not read', tenant.users.length),
    sameRow('enforced', enforced, really),
    row('carved out', model.figures['exceptions.carvedOut'] ?? 'not read', carved.length),
    row(
      'in scope without MFA and without a signature',
      model.figures['scope.notEnforced'] ?? 'not read',
      inScope.filter((id) => !isRequired(id) && !carved.some(({ accountId }) => accountId === id)).length,
    ),
  ];
}

/** Each old client was found, was gone before its person's phase was enforced, and is told while it is at work. */
function clientRows(sandbox: Sandbox, tenantId: string, { model, phaseOf, readToMs }: Judged): TruthRow[] {
  const { clients } = reportLife(sandbox, tenantOf(sandbox, tenantId));
  const ropc = clients.filter(({ isRopc }) => isRopc);
  const found = new Set((model.findings ?? []).map(({ accountId }) => accountId?.toLowerCase()));
  const enforcedAt = new Map(model.phases.map(({ name, enforcedAt: at }) => [name, at]));
  const isGoneBefore = ({ userId, mendedAt }: (typeof ropc)[number]) => {
    const at = enforcedAt.get(phaseOf(userId)) ?? null;
    return at === null || (mendedAt !== null && mendedAt < at);
  };
  return [
    row('ROPC clients found', ropc.filter(({ userId }) => found.has(userId.toLowerCase())).length, ropc.length),
    sameRow(
      'old clients still at work',
      (model.findings ?? [])
        .filter(({ state }) => state !== 'gone')
        .map(keyOfFinding)
        .sort(),
      clientsAtWork(visibleSignIns(tenantOf(sandbox, tenantId), readToMs), readToMs),
    ),
    row('ROPC clients gone before their phase was enforced', ropc.filter(isGoneBefore).length, ropc.length),
  ];
}

function keyOfFinding({ accountId, application, protocol }: FindingFact): string {
  return `${accountId?.toLowerCase() ?? ''} ${application} ${protocol}`;
}

/** Every message that counts as accepted arrived once: by content, since ids say nothing about a second mail. */
function chaseRows(sandbox: Sandbox, { mails }: Judged): TruthRow[] {
  const sent = sandbox.state.gmail.deliveries.filter(({ field }) => field === 'to');
  const steps = mails.map(({ person, message, phase }) => `${person} ${message} ${phase}`);
  const contents = sent.map(({ recipient, content }) => `${recipient.toLowerCase()} ${content}`);
  return [
    sameRow(
      'mails by person and message',
      mails.map(({ address, subject }) => `${address.toLowerCase()} ${subject ?? ''}`),
      sent.map(({ recipient, subject }) => `${recipient.toLowerCase()} ${subject}`),
    ),
    row('mails of one step to one person, at most', mostOften(steps), mostOften(contents)),
  ];
}

function mostOften(keys: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
