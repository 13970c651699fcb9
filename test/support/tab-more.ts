/** The invented answers of the pages about drift, the helpdesk, old MFA, requests, classes and the push. */
import {
  type AskOutcome,
  askOutcomeSchema,
  type DriftAnswer,
  type DriftRow,
  driftDecideRequestSchema,
  driftOutcomeSchema,
  driftSchema,
  type ExceptionClass,
  type ExceptionRequest,
  exceptionClassesSchema,
  exceptionRequestsSchema,
  type HelpAnswer,
  helpPersonRequestSchema,
  helpSchema,
  type PolicyPushAnswer,
  passOutcomeSchema,
  passRequestSchema,
  policyPushSchema,
  pushOutcomeSchema,
  pushRequestSchema,
  sessionsOutcomeSchema,
  type TakeoverAnswer,
  takeoverOutcomeSchema,
  takeoverSchema,
} from '../../src/contract.ts';
import { undoneWords, undoWords } from '../../src/rollout/takeover/undo-texts.core.ts';
import { Refusal } from './tab-refusal.ts';

export type MoreWorld = {
  drift: DriftAnswer;
  help: HelpAnswer;
  /** What the next pass comes to. */
  pass: { secret: string; expiresAt: string };
  takeover: TakeoverAnswer;
  requests: ExceptionRequest[];
  classes: ExceptionClass[];
  push: PolicyPushAnswer;
};

const ACCOUNT = 'cccccccc-0000-4000-8000-000000000007';
const both = (en: string, de: string) => ({ en, de });
const DIGEST = `sha256:${'5a'.repeat(32)}`;

/** A finding of the drift watch; what does not matter has a likely value. */
function driftRow(changes: Partial<DriftRow> = {}): DriftRow {
  return {
    ...{ id: 'dddddddd-0000-4000-8000-000000000001', kind: 'policyChanged', state: 'open', severity: 1 },
    ...{ digest: 'digest-1', firstSeen: '2026-11-20T08:10:00Z', changedAt: '2026-11-20T08:02:00Z' },
    title: both('Somebody changed a managed policy', 'Jemand hat eine verwaltete Richtlinie geändert'),
    object: both('Policy "MFA Rollout ENFORCE"', 'Richtlinie „MFA Rollout ENFORCE“'),
    effect: both(
      'People who now lack MFA: 41. Newly asked for MFA: 0.',
      'Personen, denen jetzt MFA fehlt: 41. Neu nach MFA gefragt: 0.',
    ),
    advice: both(
      'Put the reviewed content back; whoever needs the change asks for it as an exception.',
      'Den geprüften Inhalt zurückschreiben; wer die Änderung braucht, beantragt sie als Ausnahme.',
    ),
    rows: [
      { what: 'state', before: 'enabled', now: 'disabled' },
      {
        what: 'conditions.users.excludeGroups',
        before: '["eeeeeeee-0000-4000-8000-000000000001"]',
        now: '["eeeeeeee-0000-4000-8000-000000000001","eeeeeeee-0000-4000-8000-000000000002"]',
      },
    ],
    ...{ more: 0, actor: { kind: 'user', name: 'Kim Example' }, decidedBy: null, failure: null },
    ...{ restore: null, accept: both('A change that takes cover away is not accepted.', 'Nimmt Schutz weg.') },
    ...changes,
  };
}

function drift(): DriftAnswer {
  const gone = driftRow({
    ...{ id: 'dddddddd-0000-4000-8000-000000000002', state: 'restored', severity: 2, decidedBy: 'Mara Example' },
    title: both('Members of a managed group changed', 'Mitglieder einer verwalteten Gruppe geändert'),
    object: both('Group "MFA Rollout Sales"', 'Gruppe „MFA Rollout Sales“'),
    ...{ rows: [{ what: 'Émile Example', before: 'member', now: '' }], actor: null },
  });
  const unread = [{ part: 'perUserMfa', code: 'refused' }];
  return { lookedAt: '2026-11-20T09:15:00Z', unread, may: true, open: [driftRow()], history: [gone] };
}

function help(): HelpAnswer {
  const noMethod = {
    text: both('No method is registered.', 'Keine Methode ist registriert.'),
    next: both(
      'Walk through the guide together, or issue a pass.',
      'Die Anleitung zusammen gehen oder einen Pass ausstellen.',
    ),
  };
  const failing = {
    text: both('3 sign-ins failed today: MFA was asked for.', '3 Anmeldungen schlugen heute fehl: MFA war verlangt.'),
    next: both('Ask which device; then end the sessions.', 'Nach dem Gerät fragen; dann Sitzungen beenden.'),
  };
  const person = { accountId: ACCOUNT, name: 'Émile Example', phase: 'Sales', enforceOn: '2026-11-24' };
  return {
    ...{ isPassEnabled: true, mayIssue: true, isEngineer: true },
    people: [
      { ...person, passUntil: null, reasons: [noMethod, failing] },
      {
        ...{ accountId: 'cccccccc-0000-4000-8000-000000000009', name: `${'Very'.repeat(20)} Long Example` },
        ...{ phase: 'Engineering', enforceOn: '2026-11-26', passUntil: '2026-11-20T10:30:00Z', reasons: [noMethod] },
      },
    ],
  };
}

const step = (changes: Partial<TakeoverAnswer['steps'][number]> & { step: string }) => ({
  ...{ does: both('switches per-user MFA off', 'schaltet die benutzerbasierte MFA ab'), state: 'planned' as const },
  ...{ undo: both('writes the state back', 'schreibt den Zustand zurück'), why: null, people: [], signedAway: [] },
  ...{ methods: null },
  ...changes,
});

function takeover(): TakeoverAnswer {
  return {
    ...{ state: null, digest: DIGEST, overRails: true, failure: null, expiresAt: '2026-11-21T09:00:00Z' },
    everything: {
      does: undoWords({ takeoverSteps: 2, phases: ['Sales', 'Everyone'], policies: 2, groups: 5 }),
      last: {
        ...{ state: 'standing', text: undoneWords('standing', 1), at: '2026-11-19T09:00:00Z' },
        left: [{ step: 'policy.old-1', why: 'somebody else changed what was written since' }],
      },
    },
    first: [
      {
        code: 'not_everyone_enforced',
        message: both('4 phases are not enforced yet.', '4 Phasen sind noch nicht erzwungen.'),
        clear: both('Enforce them first.', 'Zuerst diese erzwingen.'),
      },
    ],
    steps: [
      step({ step: 'perUser.1', people: ['Ada Example 1', 'Émile Example'], methods: { before: 4, after: 4 } }),
      step({ step: 'policy.1', does: both('takes MFA out of "Old MFA"', 'nimmt MFA aus „Old MFA“'), state: 'done' }),
    ],
    left: [
      {
        ...{ policyId: 'old-1', name: 'Old: admins need MFA' },
        reasons: [both('It asks for an authentication strength.', 'Sie verlangt eine Authentifizierungsstärke.')],
        uncovered: ['Noor Example'],
      },
    ],
    kept: [{ name: 'svc-scan', why: both('No managed policy covers it.', 'Keine verwaltete Richtlinie erfasst es.') }],
    approvals: [{ name: 'Nils Example', at: '2026-11-20T08:05:00Z' }],
    missing: ['customer'],
  };
}

const PUSH_STEPS: PolicyPushAnswer['steps'] = [
  {
    step: 'group.breakGlass',
    does: both('makes the group "MFA Rollout break-glass"', 'legt die Gruppe „MFA Rollout break-glass“ an'),
    undo: both('deletes the group, unless somebody else changed it', 'löscht sie, wenn niemand sonst sie geändert hat'),
    ...{ state: 'planned', why: null },
  },
  {
    step: 'policy.OBSERVE',
    does: both('makes the policy OBSERVE, report-only', 'legt die Richtlinie OBSERVE an, im Berichtsmodus'),
    undo: both('deletes it, unless somebody else changed it', 'löscht sie, wenn niemand sonst sie geändert hat'),
    ...{ state: 'planned', why: null },
  },
];

/** Approved, and nothing pushed. */
export function pushAnswer(changes: Partial<PolicyPushAnswer> = {}): PolicyPushAnswer {
  return {
    ...{ state: null, askedAt: null, failure: null, steps: PUSH_STEPS, digest: DIGEST, refusal: null, mayPush: true },
    ...{ after: [], isPlan: true },
    ...changes,
  };
}

/** A little of each. */
export function moreWorld(): MoreWorld {
  return {
    ...{ drift: drift(), help: help(), takeover: takeover(), push: pushAnswer() },
    pass: { secret: 'TAP-0000-EXAMPLE', expiresAt: '2026-11-20T10:30:00Z' },
    requests: [
      {
        ...{ id: '11', accountId: ACCOUNT, name: 'Émile Example', kind: 'extension', until: '2026-12-04' },
        ...{ reason: 'The new phone comes on Thursday.', askedBy: 'Ada Example 1', at: '2026-11-19T10:00:00Z' },
        standing: 'unsigned',
      },
      {
        ...{ id: '12', accountId: ACCOUNT, name: 'Ines Example', kind: 'mfaOff', until: '2026-11-30' },
        ...{ reason: null, askedBy: null, at: '2026-11-18T10:00:00Z', standing: 'signed' },
      },
    ],
    classes: [
      { class: 'guest', count: 31, digest: 'g1', state: 'undecided', decision: null, hasChanged: false },
      {
        ...{ class: 'room', count: 6, digest: 'r1', state: 'carvedOut', hasChanged: true },
        decision: {
          ...{ verdict: 'carveOut', reason: 'Nobody signs in to them.', reviewAt: '2027-05-20' },
          ...{ by: 'Mara Example', at: '2026-11-19T10:00:00Z' },
        },
      },
    ],
  };
}

const DONE: AskOutcome = { outcome: 'done', note: null };

/** The answer of one of these routes; undefined for another route. */
export function moreRoute(world: MoreWorld, what: string, body: string): unknown {
  const sent = () => JSON.parse(body) as unknown;
  switch (what) {
    case 'GET drift':
      return driftSchema.parse(world.drift);
    case 'POST drift/decide':
      return decideDrift(world, driftDecideRequestSchema.parse(sent()));
    case 'GET helpdesk':
      return helpSchema.parse(world.help);
    case 'POST helpdesk/pass':
      passRequestSchema.parse(sent());
      return passOutcomeSchema.parse({ outcome: 'issued', ...world.pass });
    case 'POST helpdesk/pass/withdraw':
    case 'POST helpdesk/sessions':
      helpPersonRequestSchema.parse(sent());
      return sessionsOutcomeSchema.parse({ outcome: 'done', message: null });
    case 'POST takeover/undo-everything':
      return takeoverOutcomeSchema.parse({ outcome: 'recorded', text: undoneWords('begun', 0) });
    case 'GET takeover':
      return takeoverSchema.parse(world.takeover);
    case 'GET exception-requests':
      return exceptionRequestsSchema.parse({ requests: world.requests });
    case 'GET exception-classes':
      return exceptionClassesSchema.parse({ classes: world.classes, mayDecide: true });
    case 'POST exception-requests/withdraw':
    case 'POST exception-classes/decide':
      return askOutcomeSchema.parse(DONE);
    default:
      return pushRoute(world, what, sent);
  }
}

/** A push goes on a step whenever somebody looks, as a worker would meanwhile. */
function pushRoute(world: MoreWorld, what: string, sent: () => unknown): unknown {
  const { push } = world;
  switch (what) {
    case 'GET policy-push':
      world.push = gone(push);
      return policyPushSchema.parse(push);
    case 'POST policy-push': {
      const { digest } = pushRequestSchema.parse(sent());
      if (push.refusal !== null) throw new Refusal(409, push.refusal.code, push.refusal.message);
      if (digest !== push.digest) throw new Refusal(409, 'draft_changed', 'The draft has changed.');
      world.push = { ...push, isPlan: false, state: 'asked', askedAt: '2026-11-20T09:31:00Z' };
      return pushOutcomeSchema.parse({ state: 'asked' });
    }
    case 'POST policy-push/undo':
      world.push = { ...push, isPlan: false, state: 'undoing' };
      return pushOutcomeSchema.parse({ state: 'undoing' });
    default:
      return undefined;
  }
}

function gone(push: PolicyPushAnswer): PolicyPushAnswer {
  const all = (state: PolicyPushAnswer['steps'][number]['state']) => push.steps.map((one) => ({ ...one, state }));
  if (push.state === 'asked') {
    return {
      ...push,
      state: 'running',
      steps: push.steps.map((one, n) => (n === 0 ? { ...one, state: 'done' } : one)),
    };
  }
  if (push.state === 'running') return { ...push, state: 'live', steps: all('done') };
  return push.state === 'undoing' ? { ...push, isPlan: true, state: 'undone', steps: all('planned') } : push;
}

function decideDrift(world: MoreWorld, press: { id: string; verdict: 'restore' | 'accept'; digest: string }): unknown {
  const row = world.drift.open.find(({ id }) => id === press.id);
  const stale = both('It changed since it was shown.', 'Es hat sich seit der Anzeige geändert.');
  if (row?.digest !== press.digest) return driftOutcomeSchema.parse({ outcome: 'stale', text: stale });
  const state = press.verdict === 'restore' ? ('restoring' as const) : ('accepted' as const);
  const decided = { ...row, state, decidedBy: 'Mara Example' };
  const others = world.drift.open.filter(({ id }) => id !== press.id);
  world.drift =
    state === 'restoring'
      ? { ...world.drift, open: [decided, ...others] }
      : { ...world.drift, open: others, history: [decided, ...world.drift.history] };
  return driftOutcomeSchema.parse({ outcome: 'recorded', text: both('Recorded.', 'Gespeichert.') });
}
