import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import { AppError, INTERRUPTIONS, VendorUnreachableError } from '../../lib/errors.ts';
import { dayOf } from '../../lib/local-time.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob } from '../../work/job.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import { carvedOut } from '../policy/draft/draft-groups.core.ts';
import { compareExpected } from '../policy/enforce/graph-compare-flip.ts';
import type { GraphObject } from '../policy/graph-json.core.ts';
import type { ManagedObject } from '../policy/managed-objects.core.ts';
import { writtenPolicy } from '../policy/managed-standing.ts';
import { parityGaps, saysTheSame, stagedOf } from '../policy/security-defaults/security-defaults.core.ts';
import { type OffAgain, type SwitchRow, switchOffAgain } from '../policy/security-defaults/security-defaults-again.ts';
import { lookAt, type Sight, type SwitchRun } from '../policy/security-defaults/security-defaults-run.ts';
import { SWITCH_TEXTS } from '../policy/security-defaults/security-defaults-texts.core.ts';
import { liveWorld, storedOrNull } from './cover-world.ts';
import { readStandingDrift, saveFinding } from './drift.store.ts';
import { DRIFT_TEXTS } from './drift-texts.core.ts';
import { type Judged, judgedWith } from './judged-with.core.ts';
import { readTenant } from './read-tenant.ts';
import { floorUnder } from './restore-policy.ts';
import {
  actorOf,
  noteIntent,
  notRestored,
  type Restored,
  type RestoreRun,
  restored,
  stillRestoring,
} from './restore-run.ts';

/**
 * Switches Security Defaults off again, as the rollout had: only while ENFORCE was enabled by what was written last, is
 * otherwise as written, and would protect everybody whom they protect (S14); protection is added and seen before they go,
 * and what fails brings them back. Killed anywhere and run again it goes on by what it reads.
 */
export async function restoreDefaultsOff(run: RestoreRun, job: RunningJob): Promise<Restored> {
  const own = run.standing.owned.find(({ key }) => key === 'ENFORCE');
  const planned = own === undefined ? null : writtenPolicy(own);
  if (own === undefined || planned?.state !== 'enabled') return notRestored(DRIFT_TEXTS.defaultsElsewhere);
  const noted = run.row.progress?.switch;
  const sight = await lookAt({ reader: run.reader, options: run.reading.options }, own.objectId);
  if (noted === undefined) {
    const why = await whyNotOff(run, own, sight);
    if (why !== null) return notRestored(why);
    const isEnabled = saysTheSame(sight.enforce, planned);
    if (!sight.defaultsOn) return isEnabled ? restored({ already: true }) : notRestored(DRIFT_TEXTS.oursFirst);
    const begun = beginning(sight, planned);
    await noteIntent(run, { securityDefaults: { isEnabled: true }, policies: sight.policies }, { switch: begun });
  }
  const ended = await switchOffAgain(switching(run), {
    begun: notedSwitch(run),
    check: () => compareNow(run, planned),
    isStopping: (error) =>
      INTERRUPTIONS.has(error.code) || (error instanceof VendorUnreachableError && !job.isLastAttempt),
  });
  return told(run, ended);
}

/** A stored shape: how far the end of Security Defaults came; `updatedAt` is of no use here. */
const noted = z.object({
  flip: z.number(),
  state: z.enum(['going', 'switched', 'returning', 'returned']),
  before: z.json(),
  planned: z.json(),
  moved: z.array(z.object({ id: z.string(), from: z.string() })),
  times: z.record(z.string(), z.number()),
});

function notedSwitch({ row, deps }: RestoreRun): SwitchRow {
  const { times, ...rest } = noted.parse(row.progress?.switch);
  return { ...rest, phases: [], times: times as SwitchRow['times'], updatedAt: new Date(deps.clock.now()) };
}

/** A switch before its first write. Both at once were not so before: on the way back the policy only reports. */
function beginning({ enforce }: Sight, planned: GraphObject): Json {
  const before = enforce !== null && saysTheSame(enforce, planned) ? stagedOf(planned) : enforce;
  const json = (value: unknown) => JSON.parse(JSON.stringify(value)) as Json;
  return { flip: 0, state: 'going', before: json(before), planned: json(planned), moved: [], times: {} };
}

/** The transaction of the rollout's own switch, with its progress kept beside the finding. */
function switching(run: RestoreRun): SwitchRun {
  const { deps, customer, reader, writer, reading, row } = run;
  const keep = async (tx: Tx, { flip, state, before, planned, moved, times }: Omit<SwitchRow, 'updatedAt'>) => {
    const now = await stillRestoring(tx, row);
    if (now === null) throw new AppError('drift_overtaken', 'the finding is not being put back any more');
    const kept = JSON.parse(JSON.stringify({ flip, state, before, planned, moved, times })) as Json;
    row.progress = { policyIds: [], ...now.progress, switch: kept };
    await saveFinding(tx, { ...now, progress: row.progress });
  };
  return { deps, customer, reader, writer, options: reading.options, row: { actor: actorOf(row) }, keep };
}

async function whyNotOff(run: RestoreRun, own: ManagedObject, sight: Sight): Promise<Sentence | null> {
  const planned = writtenPolicy(own);
  const { enforce } = sight;
  if (enforce === null || !saysTheSame(stagedOf(enforce), stagedOf(planned))) return DRIFT_TEXTS.oursFirst;
  const { deps, customer } = run;
  const open = await deps.database.withCustomer(customer.id, readStandingDrift);
  const isOurs = open.some(({ aspect, object }) => aspect === 'members' || aspect === 'group' || object === 'OBSERVE');
  if (isOurs) return DRIFT_TEXTS.oursFirst;
  const floor = await floorUnder(run, own);
  if (floor !== null && !floor.ok) return floor.why;
  const judged = await judgedNow(run, planned);
  if (judged === null) return DRIFT_TEXTS.lossUnknown;
  const { exceptions } = await deps.syncs.exceptions(customer);
  const today = dayOf(new Date(deps.clock.now()), customer.settings.timeZone);
  const signed = carvedOut(exceptions, today).map(({ accountId }) => accountId);
  const released = [...signed, ...customer.settings.declared.breakGlass];
  const gaps = parityGaps({ ...judged, released });
  return gaps.length === 0 ? null : SWITCH_TEXTS.parityMissing(gaps);
}

/** What ENFORCE does to everybody once Security Defaults are off, over the tenant as it is; null before it was ever read. */
async function judgedNow(run: RestoreRun, planned: GraphObject): Promise<Judged | null> {
  const { deps, customer, standing, reading } = run;
  const stored = await storedOrNull(deps, customer);
  if (stored === null) return null;
  const { breakGlassGroupId, exceptionGroupId } = customer.settings.declared;
  const own = standing.owned.filter(({ kind }) => kind === 'group').map(({ objectId }) => objectId);
  const groupIds = [...own, ...[breakGlassGroupId, exceptionGroupId].filter((id) => id !== undefined)];
  const tenant = await readTenant(reading, { groupIds, usersSingly: null });
  if (tenant.policies === undefined || tenant.unread.some(({ part }) => part === 'groups')) return null;
  return judgedWith(liveWorld(stored, { ...tenant, securityDefaultsOn: false }), planned);
}

async function compareNow(run: RestoreRun, planned: GraphObject): Promise<void> {
  const judged = await judgedNow(run, planned);
  if (judged === null) return;
  const { deps, customer, reader, reading, row } = run;
  const expected = { policyId: planned.id, effect: judged.effect, admins: judged.admins };
  const comparing = { deps, customer, reader, options: reading.options, actor: actorOf(row) };
  await compareExpected(comparing, expected, { finding: row.id, switch: true });
}

async function told(run: RestoreRun, ended: OffAgain): Promise<Restored> {
  const { deps, customer, row } = run;
  const at = new Date(deps.clock.now());
  const { times } = ended.row;
  const facts = { finding: row.id, times: times as unknown as Json, apiGapMs: times.apiGapMs ?? null };
  const isOff = ended.end === 'off';
  const event = isOff ? 'security_defaults.switched_off' : 'security_defaults.returned';
  const more = isOff ? { propagation: 'unknown' } : { code: ended.failure.code };
  await deps.database.withCustomer(customer.id, (tx) =>
    appendJournal(tx, { at, actor: actorOf(row), event, facts: { ...facts, ...more } }),
  );
  if (isOff) return restored({ securityDefaults: 'off', apiGapMs: times.apiGapMs ?? null });
  return notRestored(ended.failure.code === 'defaults_on_by_others' ? SWITCH_TEXTS.onByOthers() : DRIFT_TEXTS.notOff);
}
