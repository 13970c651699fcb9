import type { ReportModel } from '../rollout/evidence/report-types.core.ts';
import { coverOf, ordinaryShapes } from '../sandbox/evaluator/watch.ts';
import { reportLife } from '../sandbox/life/life-report.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/* What the product says at the end beside what is so in the simulated tenant, which it never saw. */

/** One thing said, how it is, and whether they agree. */
export type TruthRow = { what: string; reported: string; truth: string; agrees: boolean };

export type Judged = {
  model: ReportModel;
  /** Accounts of programs that could not answer MFA, with the phase that each belongs to. */
  phaseOf(accountId: string): string | null;
  /** Every message that the product counts as accepted: to whom, of which step. */
  mails: readonly { person: string; message: string; phase: string }[];
  today: string;
};

/**
 * Compares what is reported with what the simulated tenant is like by its own evaluator: who is enforced, who is carved
 * out, whether old clients were gone before their phase was enforced, whether anybody was written to twice in one step,
 * is locked out or lost cover. Every row has to agree.
 */
export function judgeByTruth(sandbox: Sandbox, tenantId: string, judged: Judged): TruthRow[] {
  const { lockedOut, newlyLockedOut, lostCover } = sandbox.watch.look(tenantId);
  const writes = sandbox.watch.verdicts(tenantId);
  const worst = (pick: (verdict: (typeof writes)[number]) => number) => Math.max(0, ...writes.map(pick));
  return [
    ...standingRows(sandbox, tenantId, judged),
    ...clientRows(sandbox, tenantId, judged),
    ...chaseRows(sandbox, judged),
    row('locked out at the end', 0, newlyLockedOut.length === 0 ? 0 : lockedOut.length),
    row(
      'locked out after any write',
      0,
      worst((verdict) => verdict.newlyLockedOut.length),
    ),
    row('lost cover at the end', 0, lostCover.length),
    row(
      'lost cover after any write',
      0,
      worst((verdict) => verdict.lostCover.length),
    ),
  ];
}

function row(what: string, reported: number | string, truth: number | string): TruthRow {
  return { what, reported: String(reported), truth: String(truth), agrees: String(reported) === String(truth) };
}

function tenantOf(sandbox: Sandbox, tenantId: string) {
  const found = sandbox.state.tenants.get(tenantId);
  if (found === undefined) throw new RangeError(`there is no tenant ${tenantId}`);
  return found;
}

function standingRows(sandbox: Sandbox, tenantId: string, { model, today }: Judged): TruthRow[] {
  const { tenant } = tenantOf(sandbox, tenantId);
  const everywhere = ordinaryShapes(tenant).length;
  const cover = coverOf(tenant);
  const isRequired = (id: string) => {
    const kinds = [...(cover.get(id)?.values() ?? [])];
    return kinds.length === everywhere && kinds.every((kind) => kind !== 'mfaWhenNecessary');
  };
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
    row('enforced', enforced.length, really.length),
    row('enforced, not in truth', enforced.filter((id) => !really.includes(id)).length, 0),
    row('carved out', model.figures['exceptions.carvedOut'] ?? 'not read', carved.length),
    row(
      'in scope without MFA and without a signature',
      model.figures['scope.notEnforced'] ?? 'not read',
      inScope.filter((id) => !isRequired(id) && !carved.some(({ accountId }) => accountId === id)).length,
    ),
  ];
}

/** Each old client was found, and was gone before its person's phase was enforced. */
function clientRows(sandbox: Sandbox, tenantId: string, { model, phaseOf }: Judged): TruthRow[] {
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
    row('ROPC clients gone before their phase was enforced', ropc.filter(isGoneBefore).length, ropc.length),
  ];
}

/** Every message that counts as accepted arrived once: by content, since ids say nothing about a second mail. */
function chaseRows(sandbox: Sandbox, { mails }: Judged): TruthRow[] {
  const { deliveries } = sandbox.state.gmail;
  const sent = deliveries.filter(({ field }) => field === 'to');
  const distinct = new Set(sent.map(({ recipient, content }) => `${recipient.toLowerCase()} ${content}`));
  return [
    row('mails accepted, as the ledger counts them', mails.length, sent.length),
    row('mails of one content to one person, twice or more', 0, sent.length - distinct.size),
  ];
}
