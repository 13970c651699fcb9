/** The commands of a rollout as they stand on a line, with and without --json, on one tenant; the store is the embedded one. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { actingAs } from '../../src/cli/acting.ts';
import type { Backend } from '../../src/cli/backend.ts';
import { createOperations, type Operations } from '../../src/cli/operations.ts';
import { type Answer, type Refusal, refusalOf } from '../../src/cli/output.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { changeRow, insertMail, readRow } from '../../src/rollout/outreach/outreach.store.ts';
import type { PhaseEvent } from '../../src/rollout/phases/phase-life.core.ts';
import { saveFindings } from '../../src/rollout/sign-ins/findings.store.ts';
import { saveLogRow } from '../../src/rollout/sign-ins/sign-ins.store.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { sentMails } from '../support/outreach-world.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import { addWrittenCustomer, BY, decideDraft, tenantOf } from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const ENGINEER = '99999999-0000-4000-8000-000000000001';
const APPROVER = '99999999-0000-4000-8000-000000000002';
const VIEWER = '99999999-0000-4000-8000-000000000003';
const NOBODY = '99999999-0000-4000-8000-00000000000f';

type Said = { json: Record<string, unknown>; text: string; refusal: Refusal | null };

/** What a line prints with --json, or its text; `operate` stands for the socket, which carries JSON. */
async function say(operate: Backend['operate'], words: readonly string[]): Promise<Said> {
  const printed: Answer[] = [];
  const program = createProgram({
    operate: async (name, input) => operate(name, JSON.parse(JSON.stringify(input))),
    offline: () => Promise.reject(new Error('no file was named')),
    moveStore: () => Promise.reject(new Error('no store is moved')),
    print: (answer) => void printed.push(answer),
  });
  silence(program);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    const refusal =
      error instanceof CommanderError ? { code: 'usage', message: error.message.slice(7) } : refusalOf(error);
    return { json: { error: refusal }, text: '', refusal };
  }
  const [answer] = printed;
  if (answer === undefined || printed.length > 1) throw new Error(`${printed.length} answers`);
  const facts = JSON.parse(JSON.stringify(answer.json)) as Record<string, unknown>;
  const refusal = answer.refusal ?? null;
  return { json: refusal === null ? facts : { error: refusal, ...facts }, text: answer.text, refusal };
}

function silence(command: Command): void {
  command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  for (const child of command.commands) silence(child);
}

const day = (app: App, ahead: number) => new Date(app.clock.now() + ahead * 86_400_000).toISOString().slice(0, 10);

/** Every command that only answers, with the members that its JSON has. */
const READING: readonly (readonly [line: string, ...members: string[]])[] = [
  [
    `phase show PHASE --as ${ENGINEER}`,
    'phase',
    'state',
    'digest',
    'refusal',
    'people',
    'counts',
    'gates',
    'approvals',
  ],
  [`phase show PHASE --as ${ENGINEER} --anyway all-shown`, 'digest', 'anyway', 'missing', 'expiresAt', 'mayDecide'],
  ['policy members --plan', 'changes', 'findings', 'held', 'skipped'],
  ['policy members', 'changes', 'findings', 'held', 'skipped'],
  ['window', 'customer', 'phases'],
  ['findings', 'customer', 'findings'],
  ['tickets', 'customer', 'psa', 'tickets', 'replies', 'read'],
  ['tickets poll', 'customer', 'psa', 'tickets', 'replies', 'read'],
  ['messages plan', 'customer', 'plan'],
  ['messages list', 'customer', 'rows', 'counts', 'bouncesUnread'],
  ['messages list --phase PHASE --message reminder', 'customer', 'rows', 'counts', 'bouncesUnread'],
  ['procedure export', 'procedure', 'suggested'],
  ['procedure apply FILE --check --start START --deadline DEADLINE', 'phases', 'mistakes'],
  ['holdouts', 'customer', 'holdouts', 'proposals'],
  ['report', 'digest', 'report'],
];

/** Lines that are refused, each with its code and what the sentence tells somebody to do. */
const REFUSED: readonly (readonly [line: string, code: string, way: RegExp])[] = [
  [`phase show Nowhere --as ${ENGINEER}`, 'phase_unknown', /The phases are: /],
  [`phase show PHASE --as ${NOBODY}`, 'not_granted', /mfa-rollout grants list/],
  ['phase show PHASE', 'usage', /--as <person>/],
  [`phase show PHASE --as ${ENGINEER} --anyway ,`, 'usage', /ids with commas/],
  [`phase show PHASE --as ${ENGINEER} --tenant home`, 'usage', /a tenant id of the form/],
  [`phase approve PHASE --as ${ENGINEER}`, 'usage', /--digest <digest>/],
  [`phase approve PHASE --as ${ENGINEER} --digest stale`, 'phase_changed', /Look at the present state/],
  [`phase roll-back PHASE --as ${ENGINEER} --digest any`, 'phase_state', /is ready: /],
  [`exceptions sign --as ${ENGINEER} --digest any`, 'not_your_decision', /role approver/],
  [`exceptions sign --as ${APPROVER} --digest stale`, 'exceptions_changed', /Look at the present state/],
  [`findings take nothing --as ${ENGINEER}`, 'finding_unknown', /mfa-rollout findings/],
  [`findings take KEY --as ${APPROVER}`, 'not_allowed', /takes the role/],
  [`findings waive KEY --as ${APPROVER} --until yesterday --why Invented`, 'waiver_invalid', /a day from today to/],
  ['messages settle --message reminder --person nobody --verdict sent', 'mail_not_in_doubt', /messages list/],
  ['messages test-send --message reminder --to nowhere', 'usage', /a mail address/],
  ['messages list --message thanks', 'usage', /Allowed choices are/],
  ['procedure apply BROKEN --start START --deadline DEADLINE', 'procedure_file_invalid', /procedure\.schema\.json/],
  ['procedure apply FILE --start soon --deadline DEADLINE', 'usage', /2027-01-31/],
  ['procedure apply FILE --start DEADLINE --deadline DEADLINE', 'rollout_running', /mfa-rollout procedure stop/],
  [`phase move PHASE --to 2031-01-31 --as ${ENGINEER}`, 'phase_announced', /hold the phase/],
  [`phase move Nowhere --to 2031-01-31 --as ${ENGINEER}`, 'phase_unknown', /Its phases: /],
  [`phase move PHASE --to soon --as ${ENGINEER}`, 'usage', /2027-01-31/],
  [`procedure move --deadline START --as ${VIEWER}`, 'not_allowed', /role engineer/],
  [`procedure move --deadline START --as ${ENGINEER}`, 'deadline_too_early', /Move the phase first/],
  [`report --send`, 'usage', /--as PERSON/],
  [`report --send --as ${VIEWER}`, 'not_allowed', /role engineer or approver/],
  ['report --language fr', 'usage', /en/],
  ['window nobody', 'customer_unknown', /There are: /],
];

describe('the commands of a rollout', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mfa-rollout-cli-'));
  let world: RunningSandbox;
  let app: App;
  let customer: Customer;
  let operations: Operations;
  let phase = '';
  let to = '';
  let standsAt: number | null = null;
  const clock = { ...hurriedClock, now: () => standsAt ?? hurriedClock.now() };

  /** One line; words in capitals stand for what only this world knows. */
  const said = (line: string) => {
    const meant: Record<string, string> = {
      ...{ PHASE: phase, KEY: 'smtp-key', TO: to, START: day(app, 1), DEADLINE: day(app, 300) },
      ...{ MOVED: day(app, 310), EVERYONE: 'Everyone else' },
      ...{ FILE: join(folder, 'procedure.yaml'), BROKEN: join(folder, 'broken.yaml'), PDF: join(folder, 'report.pdf') },
    };
    const operate: Backend['operate'] = (name, input) => operations.run(name, input, () => undefined);
    return say(
      operate,
      line.split(' ').map((word) => meant[word] ?? word),
    );
  };
  /** An answer that is none of refusals. */
  const answered = async (line: string) => {
    const { json, text, refusal } = await said(line);
    expect(refusal).toBeNull();
    expect(text).not.toBe('');
    return json;
  };

  beforeAll(async () => {
    world = await startWorld({ seed: 12, size: 100 });
    app = await startProduct({ dataDir: embeddedFolder() }, { clock, publicUrl: 'https://mfa.example' });
    operations = createOperations(app, undefined);
    const { users, mailboxPurposes, apps } = tenantOf(world);
    const messenger = apps.find(({ displayName }) => displayName === 'Rollout messenger');
    writeFileSync(join(folder, 'messenger'), messenger?.clientSecret ?? '');
    const [sender, reader] = users.filter(({ id, mail }) => mailboxPurposes[id] === 'user' && mail !== null);
    to = String(reader?.mail);
    customer = await addWrittenCustomer(app, world, (file) => {
      file.messenger = { clientId: messenger?.clientId ?? '', clientSecret: `file:${join(folder, 'messenger')}` };
      file.mail = { via: 'outlook', mailbox: String(sender?.mail) };
    });
    const identity = { tenantId: VIEWER, objectId: VIEWER };
    await app.access.grant(customer.id, { identity, role: 'viewer', displayName: 'Vic Viewer' }, BY);
    writeFileSync(join(folder, 'broken.yaml'), 'version: 1\nphases: many\n');
  });
  afterAll(async () => {
    await app.close();
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('act as whom the grants name: by id, or by a name that only one person has', async () => {
    const acting = (as: string, tenant?: string) => actingAs(app, customer, { as, tenant });
    const vic = { tenantId: VIEWER, objectId: VIEWER };
    for (const as of [VIEWER.toUpperCase(), ' vic VIEWER']) expect((await acting(as)).identity).toEqual(vic);
    await expect(acting('Nobody Known')).rejects.toMatchObject({
      ...{ code: 'not_granted', message: expect.stringMatching(/^Nobody Known has no role/) as unknown },
    });
    const elsewhere = { tenantId: ENGINEER, objectId: VIEWER };
    const namesake = { tenantId: VIEWER, objectId: NOBODY };
    const grant = (identity: typeof vic) =>
      app.access.grant(customer.id, { identity, role: 'viewer', displayName: 'Vic Viewer' }, BY);
    await grant(elsewhere);
    await expect(acting('Vic Viewer')).rejects.toMatchObject({
      ...{ code: 'identity_ambiguous', message: expect.stringContaining('--tenant') as unknown },
    });
    expect((await acting('Vic Viewer', ENGINEER)).identity).toEqual(elsewhere);
    await grant(namesake);
    await expect(acting('Vic Viewer')).rejects.toMatchObject({
      ...{ code: 'identity_ambiguous', message: expect.stringContaining('by the object id') as unknown },
    });
    for (const identity of [elsewhere, namesake])
      await app.access.revoke(customer.id, { identity, role: 'viewer' }, BY);
  });

  describe('before there is one', () => {
    it('say that there is none and how to begin', async () => {
      const lines = [
        [`phase show Sales --as ${ENGINEER}`, 'no_rollout'],
        ['messages test-send --message reminder --to TO', 'rollout_none'],
        ['procedure stop', 'no_rollout'],
      ] as const;
      for (const [line, code] of lines) {
        const { json } = await said(`${line} --json`);
        const { error } = z.object({ error: z.strictObject({ code: z.string(), message: z.string() }) }).parse(json);
        expect({ line, code: error.code }).toEqual({ line, code });
        expect(error.message).toMatch(/begin one first|apply a procedure first|no rollout under way/i);
      }
      expect(await answered('window --json')).toMatchObject({ phases: [] });
      expect(await answered('messages plan --json')).toMatchObject({ plan: null });
      expect((await answered('policy members --plan --json')).skipped).not.toBeNull();
    });

    it('propose a procedure, say what speaks against it, and begin it once', async () => {
      const proposed = await said('procedure export --json');
      expect(proposed.json).toMatchObject({ suggested: true });
      writeFileSync(join(folder, 'procedure.yaml'), proposed.text);
      const tooSoon = await said('procedure apply FILE --start START --deadline START --check --json');
      expect(tooSoon.json).toMatchObject({ error: { code: tooSoon.refusal?.code }, mistakes: [{}] });
      const line = 'procedure apply FILE --start START --deadline DEADLINE';
      const begun = z.object({ rollout: z.object({ id: z.string(), state: z.literal('running') }) });
      const { rollout } = begun.parse(await answered(`${line} --json`));
      expect(begun.parse(await answered(line)).rollout.id).toBe(rollout.id);
    });

    it('sign the exceptions that were shown, once', async () => {
      const { digest } = z.object({ digest: z.string() }).parse(await answered('exceptions --json'));
      const line = `exceptions sign --as ${APPROVER} --digest ${digest}`;
      expect(await answered(`${line} --json`)).toMatchObject({ outcome: 'recorded', decision: { digest } });
      expect(await answered(line)).toMatchObject({ outcome: 'already', decision: { digest } });
    });
  });

  describe('while it runs', () => {
    beforeAll(async () => {
      await app.push.push(customer, BY, await decideDraft(app, customer));
      await bringToReady();
      await app.database.withCustomer(customer.id, (tx) => saveFindings(tx, [finding()]));
      await readLogsTo(app.clock.now() - 600_000);
      await putInDoubt();
    });

    async function bringToReady(): Promise<void> {
      const rollout = await app.phases.current(customer.id);
      phase = rollout?.phases.find(({ name }) => !name.includes(' '))?.name ?? '';
      const at = new Date(app.clock.now());
      const events: PhaseEvent[] = [{ kind: 'announce' }, { kind: 'observe' }, { kind: 'judged', gates: [] }];
      for (const event of events) {
        const application = { rolloutId: rollout?.id ?? '', phase, event, at, actor: BY };
        await app.database.withCustomer(customer.id, (tx) => app.phases.apply(tx, application));
      }
    }

    /** As a reading leaves them: the next one has minutes to read instead of a week. */
    async function readLogsTo(readToMs: number): Promise<void> {
      const readTo = new Date(readToMs).toISOString();
      const row = { state: 'read' as const, why: null, readFrom: readTo, revision: 1 };
      for (const log of ['interactive', 'nonInteractive'] as const) {
        const kept = { ...row, log, mark: { readTo, known: [] }, lost: [] };
        await app.database.withCustomer(customer.id, (tx) => saveLogRow(tx, kept, new Date(readToMs)));
      }
    }

    function finding() {
      const [lastMs, openedAt] = [app.clock.now(), new Date(app.clock.now()).toISOString()];
      return {
        ...{ key: 'smtp-key', accountId: '99999999-0000-4000-8000-0000000000aa', appId: 'invented-app' },
        ...{ appName: 'Scanner', protocol: 'Authenticated SMTP', count: 3, firstMs: lastMs, lastMs },
        ...{ state: 'open' as const, openedAt, taken: null, waiver: null, revision: 0 },
      };
    }

    async function putInDoubt(): Promise<void> {
      const rolloutId = (await app.phases.current(customer.id))?.id ?? '';
      const at = new Date(app.clock.now());
      const ref = { message: 'reminder' as const, personId: 'invented', scope: '' };
      const mail = { ...ref, phase, to: { address: to }, cc: null, about: [], dueAt: at.toISOString() };
      await app.database.withCustomer(customer.id, async (tx) => {
        await insertMail(tx, rolloutId, { mail, at } as never);
        const row = await readRow(tx, { rolloutId, ...ref });
        if (row === null) throw new Error('the mail is in the ledger');
        await changeRow(tx, row, { state: 'unknown', reason: null, settledAt: at });
      });
    }

    it.each(READING)('answer “%s” with and without --json', async (line, ...members) => {
      expect(Object.keys(await answered(line))).toEqual(expect.arrayContaining(members));
      expect(Object.keys(await answered(`${line} --json`))).toEqual(expect.arrayContaining(members));
    });

    it('read the logs before they answer “window --fresh”', async () => {
      const report = z.object({ phases: z.array(z.object({ phase: z.string(), readTo: z.string().nullable() })) });
      // A reading goes on until the present, which a clock that stands still lets it reach at once.
      standsAt = clock.now();
      const readTo = new Date(standsAt).toISOString();
      for (const line of ['window --fresh', 'window --fresh --json']) {
        const { phases } = report.parse(await answered(line));
        expect(phases.map((one) => one.readTo)).toEqual(phases.map(() => readTo));
      }
      standsAt = null;
    });

    it.each(REFUSED)('refuse “%s” as %s, with a sentence that says what to do', async (line, code, way) => {
      for (const asked of [line, `${line} --json`]) {
        const { error } = z
          .object({ error: z.strictObject({ code: z.string(), message: z.string() }) })
          .parse((await said(asked)).json);
        expect(error.code).toBe(code);
        expect(error.message).toMatch(way);
      }
    });

    it('hold, go on, and approve by two people what was shown', async () => {
      const shown = async () =>
        z
          .object({ digest: z.string(), latest: z.object({ id: z.string() }).nullable() })
          .parse(await answered(`phase show PHASE --as ${ENGINEER} --anyway all-shown --json`));
      const press = (verb: string, more: string) => said(`phase ${verb} PHASE ${more}`);
      const { digest } = await shown();
      const held = await press('hold', `--as ${APPROVER} --digest ${digest}`);
      expect(held.json).toMatchObject({ outcome: 'recorded', decision: { verdict: 'hold' } });
      const unseen = await press('resume', `--as ${ENGINEER} --digest ${digest} --json`);
      expect(unseen.json).toMatchObject({ outcome: 'already', decision: { verdict: 'hold' } });
      const seen = `--seen ${String((await shown()).latest?.id)}`;
      const resumed = await press('resume', `--as ${ENGINEER} --digest ${digest} ${seen} --json`);
      expect(resumed.json).toMatchObject({ outcome: 'recorded' });
      await bringToReady();
      const approval = `--digest ${(await shown()).digest} --anyway all-shown`;
      const first = await press('approve', `--as ${ENGINEER} ${approval}`);
      expect(first.json).toMatchObject({ outcome: 'recorded', missing: ['customer'] });
      expect(first.text).toContain('Still to approve: customer');
      const again = await press('approve', `--as ${ENGINEER} ${approval} --json`);
      expect(again.json).toMatchObject({ outcome: 'already', decision: { displayName: 'Eva Engineer' } });
      const second = await press('approve', `--as ${APPROVER} ${approval} --json`);
      expect(second.json).toMatchObject({ outcome: 'recorded', missing: [] });
      const back = await press('roll-back', `--as ${ENGINEER} --digest ${digest} --json`);
      expect(back.json).toMatchObject({ outcome: 'recorded', decision: { verdict: 'rollBack' } });
    });

    it('move the deadline once, and only say so with --plan', async () => {
      const line = `procedure move --deadline MOVED --as ${ENGINEER}`;
      const planned = await answered(`${line} --plan --json`);
      expect(planned).toMatchObject({ outcome: 'planned', phases: [] });
      expect(await answered(line)).toEqual({ ...planned, outcome: 'moved' });
      expect(await answered(`${line} --json`)).toEqual({ outcome: 'already' });
      const { phases } = (await app.phases.current(customer.id)) ?? { phases: [] };
      const last = phases.at(-1);
      const ask = `phase move EVERYONE --to ${String(last?.enforceOn)} --with-later --as ${ENGINEER}`;
      expect(await answered(`${ask} --json`)).toEqual({ outcome: 'already' });
    });

    it('take a finding and waive it', async () => {
      const taken = await answered(`findings take KEY --as ${ENGINEER} --json`);
      expect(taken).toMatchObject({ ok: true, finding: { key: 'smtp-key', status: 'inWork' } });
      expect(await answered(`findings take KEY --as ${ENGINEER}`)).toEqual(taken);
      const waive = `findings waive KEY --as ${APPROVER} --until START --why Replaced`;
      expect(await answered(`${waive} --json`)).toMatchObject({ ok: true, finding: { status: 'waived' } });
      expect(await answered(waive)).toMatchObject({ ok: true, finding: { waiver: { why: 'Replaced' } } });
    });

    it('send a sample, and settle a mail in doubt once', async () => {
      for (const line of [
        'messages test-send --message lastCall --to TO',
        'messages test-send --message reminder --to TO --json',
      ]) {
        expect(await answered(line)).toMatchObject({ to, outcome: 'accepted' });
      }
      expect(sentMails(world).length).toBeGreaterThanOrEqual(2);
      const line = 'messages settle --message reminder --person invented --verdict sent';
      expect(await answered(`${line} --json`)).toMatchObject({ person: 'invented', verdict: 'sent' });
      expect((await said(line)).refusal?.code).toBe('mail_not_in_doubt');
    });

    it('write the report as a file and mail it in the name of whoever may', async () => {
      expect(await answered('report --pdf PDF --language de --json')).toEqual({
        file: join(folder, 'report.pdf'),
        digest: expect.any(String) as unknown,
      });
      expect(existsSync(join(folder, 'report.pdf'))).toBe(true);
      expect(await answered(`report --send --as ${ENGINEER} --json`)).toHaveProperty('state');
    });

    it('stop it, and then say that it is over', async () => {
      expect(await answered('procedure stop --json')).toMatchObject({ rollout: { state: 'stopped' } });
      const { refusal } = await said(`phase hold PHASE --as ${ENGINEER} --digest any --json`);
      expect(refusal).toMatchObject({ code: 'rollout_ended' });
    });
  });
});
