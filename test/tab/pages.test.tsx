// @vitest-environment jsdom
import './setup.ts';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { DraftChanges } from '../../src/contract.ts';
import {
  accountId,
  CUSTOMER_ID,
  decision,
  draftReview,
  exceptionReview,
  OTHER_CUSTOMER_ID,
  STRANGE_NAMES,
  tabWorld,
} from '../support/tab-world.ts';
import { type OpenTab, openTab } from './open-tab.tsx';

let tab: OpenTab | undefined;
const open = (...args: Parameters<typeof openTab>): OpenTab => {
  tab = openTab(...args);
  return tab;
};
afterEach(() => tab?.host.stop());

const button = (name: string) => screen.findByRole('button', { name });
/**
 * The open question or drawer. In jsdom on a busy machine Fluent's focus library may believe that the focus has not
 * arrived in it yet and mark it as hidden; that it is not hidden is claimed in a browser.
 */
const openDialog = () => screen.findByRole('dialog', { hidden: true });
const buttonIn = (dialog: HTMLElement, name: string) => within(dialog).getByRole('button', { name, hidden: true });

describe('overview', () => {
  it('shows what waits for the person and leads there', async () => {
    const { user } = open();
    await user.click(await button('Review and sign'));
    await button('Sign for 14 accounts');
  });

  it('says what is missing before the first reading', async () => {
    const world = tabWorld(0);
    world.takenAt = null;
    world.sources = [{ source: 'hr', readAt: null, ok: false, why: 'BambooHR refused the key.' }];
    open({ world });
    await screen.findByText('Nothing has been read yet');
    expect(screen.getByText('BambooHR refused the key.')).toBeDefined();
  });

  it('says why a decision is somebody else’s', async () => {
    const world = tabWorld(10);
    world.exceptions.mayDecide = { yes: false, why: 'Only the approver signs.' };
    world.draft.state = { state: 'held', decision: decision({ verdict: 'held' }) };
    open({ world });
    await screen.findByText('Only the approver signs.');
    expect(screen.queryByRole('button', { name: 'Review and sign' })).toBeNull();
    expect(screen.getByText('held')).toBeDefined();
  });
});

describe('master list', () => {
  it('asks the server with the first key of a word, and shows who passes in the end', async () => {
    const { api, user } = open({ hash: '#people' });
    await user.type(await screen.findByRole('searchbox'), 'Emoji');
    await screen.findByText('one person');
    expect(screen.getByText(STRANGE_NAMES[2])).toBeDefined();
    const asked = api.log.flatMap((line) => /search=(\w+)/.exec(line)?.[1] ?? []);
    expect(asked[0]).toBe('E');
    // Of the letters between, some may have been skipped; the answer is that to the whole word.
    await waitFor(() => expect(api.log.some((line) => line.includes('search=Emoji'))).toBe(true));
  });

  it('turns the order round by the head of a column and tells it', async () => {
    const { api, user } = open({ hash: '#people' });
    const head = await screen.findByRole('columnheader', { name: /Name/ });
    expect(head.getAttribute('aria-sort')).toBe('ascending');
    await user.click(within(head).getByRole('button'));
    await waitFor(() => expect(head.getAttribute('aria-sort')).toBe('descending'));
    await waitFor(() => expect(api.log.at(-1)).toContain('sort=-name'));
  });

  it('tells assistive technology its whole length while it draws a part', async () => {
    open({ hash: '#people', world: tabWorld(3000) });
    const table = await screen.findByRole('table');
    expect(table.getAttribute('aria-rowcount')).toBe('3001');
    expect(within(table).getAllByRole('row').length).toBeLessThan(80);
  });

  it('opens a person with the values of HR and Entra side by side', async () => {
    const { user } = open({ hash: '#people?search=Ada+Example+00010' });
    await user.click(await button('Ada Example 00010'));
    const drawer = await openDialog();
    const row = (await within(drawer).findByText('Old Department')).closest('tr');
    expect(row?.textContent).toContain('Customer Support');
    expect(row?.textContent).toContain('differs');
  });

  it('lists each kind of left-over with its reason', async () => {
    const { user } = open({ hash: '#people' });
    await user.click(await screen.findByRole('tab', { name: 'Possible matches' }));
    await screen.findByText('the same name, but nothing certain');
    await user.click(screen.getByRole('tab', { name: 'Employees without an account' }));
    await screen.findByText(/HR has no work e-mail/);
  });

  it('says so when nobody passes the filters', async () => {
    open({ hash: '#people?search=nobodybearsthis' });
    await screen.findByText('Nobody matches');
  });
});

describe('exceptions', () => {
  it('repeats counts and digest before a signature, and records it once', async () => {
    const { api, user } = open({ hash: '#exceptions' });
    await user.click(await button('Sign for 14 accounts'));
    const dialog = await openDialog();
    expect(dialog.textContent).toContain('4 service accounts');
    expect(dialog.textContent).toContain(api.world.exceptions.digest);
    await user.dblClick(buttonIn(dialog, 'Sign for 14 accounts'));
    await screen.findByText(/^Recorded\./);
    await screen.findByText(/Signed by .*Mara Example/);
    expect(api.log.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  it('signs what was looked at: a table that changed behind the question is refused as changed', async () => {
    const { api, user } = open({ hash: '#exceptions' });
    await user.click(await button('Sign for 14 accounts'));
    api.world.exceptions = { ...exceptionReview(15), digest: 'b'.repeat(64) };
    const dialog = await openDialog();
    await user.click(buttonIn(dialog, 'Sign for 14 accounts'));
    await screen.findByText(/Nothing was recorded: the content changed/);
    await button('Sign for 15 accounts');
  });

  it('says who was quicker when somebody else has signed meanwhile', async () => {
    const { api, user } = open({ hash: '#exceptions' });
    await user.click(await button('Sign for 14 accounts'));
    api.world.exceptions.signature = { state: 'signed', decision: decision({ displayName: 'Nils Example' }) };
    await user.click(buttonIn(await openDialog(), 'Sign for 14 accounts'));
    await screen.findByText(/decided before your press.*Nils Example/);
  });

  it('shows counts but no names to whoever may not see them, and why there is nothing to sign', async () => {
    const world = tabWorld(10, ['viewer']);
    world.exceptions = {
      ...world.exceptions,
      rows: null,
      markdown: null,
      mayDecide: { yes: false, why: 'Only the approver signs.' },
    };
    open({ world, hash: '#exceptions' });
    await screen.findByText(/names are visible only to the approver/);
    await screen.findByText(/Only the approver signs\./);
    expect(screen.queryByRole('table')).toBeNull();
    expect(screen.queryByRole('button', { name: /Sign/ })).toBeNull();
  });

  it('keeps the sentence of a refusal and its reference on the page', async () => {
    const { api, user } = open({ hash: '#exceptions' });
    await user.click(await button('Sign for 14 accounts'));
    api.world.exceptions.mayDecide = { yes: false, why: 'Your role was taken away.' };
    await user.click(buttonIn(await openDialog(), 'Sign for 14 accounts'));
    expect((await screen.findAllByText(/Your role was taken away/)).length).toBeGreaterThan(0);
    expect(screen.getAllByText(/Reference number:/).length).toBeGreaterThan(0);
  });
});

describe('policy review', () => {
  it('approves with the digest shown and names the hold that it lifts', async () => {
    const world = tabWorld(10);
    world.draft.state = { state: 'held', decision: decision({ id: 'hold-7', verdict: 'held' }) };
    const { api, user } = open({ world, hash: '#policy' });
    const bodies: string[] = [];
    const answer = api.answer;
    api.answer = (request) => {
      if (request.method === 'POST') bodies.push(request.body);
      return answer(request);
    };
    await user.click(await button('Approve 2 policies'));
    await user.click(buttonIn(await openDialog(), 'Approve 2 policies'));
    await screen.findByText(/Approved by .*Mara Example/);
    expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual([
      { digest: draftReview().digest, verdict: 'approved', seen: 'hold-7' },
    ]);
  });

  it('shows the sentence, who would be stuck, what blocks, and the difference', async () => {
    open({ hash: '#policy' });
    await screen.findByText(draftReview().sentences.en);
    await screen.findByText('No method is registered.');
    await screen.findByText('has to be cleared before enforcement');
    await screen.findByText('The break-glass group is excluded now.');
  });
});

describe('a draft that changed since its decision', () => {
  const outdated = (changes: DraftChanges | null) => {
    const world = tabWorld(10);
    world.draft.state = { state: 'outdated', decision: decision({ verdict: 'approved' }), changes };
    open({ world, hash: '#policy' });
  };

  it('shows who came and left, the numbers and the values beside those decided about', async () => {
    outdated({
      policies: [
        {
          policy: 'ENFORCE',
          path: 'conditions.users.includeGroups',
          change: 'changed',
          before: '["$group:IT"]',
          after: '["$group:HR"]',
          words: 'for these groups: adds HR; takes out IT',
        },
      ],
      groups: [
        {
          reference: '$group:sales',
          name: 'MFA Rollout - phase - Sales',
          added: { count: 3, people: [{ accountId: accountId(1), name: STRANGE_NAMES[1] }] },
          removed: { count: 1, people: [{ accountId: accountId(2), name: 'Carla Example' }] },
        },
      ],
      counts: [{ what: 'asked', before: 37, after: 39 }],
    });
    const section = within(await screen.findByRole('region', { name: 'What changed since the decision' }));
    section.getByText('People newly asked for MFA everywhere: 39 instead of 37');
    section.getByText('3 accounts more:');
    section.getByText('and 2 more');
    section.getByText('One account less:');
    section.getByText('for these groups: adds HR; takes out IT');
    section.getByText('["$group:IT"]');
  });

  it('says so when what was decided about cannot be compared', async () => {
    outdated(null);
    await screen.findByText(/kept in an older form/);
  });
});

describe('customers', () => {
  it('offers a choice to whoever has several and keeps it in the address', async () => {
    const world = tabWorld(10);
    world.me.customers.push({ id: OTHER_CUSTOMER_ID, name: 'Fabrikam Example', roles: ['viewer'] });
    open({ world });
    const picker = await screen.findByRole('combobox', { name: 'Customer' });
    fireEvent.change(picker, { target: { value: OTHER_CUSTOMER_ID } });
    await screen.findByRole('heading', { name: 'Fabrikam Example' });
    expect(location.hash).toBe(`#${OTHER_CUSTOMER_ID}/overview`);
  });

  it('gives somebody without a role the two ids to send to the engineer', async () => {
    const world = tabWorld(10, []);
    open({ world });
    await screen.findByText(/You belong to Contoso Example/);
    expect(screen.getByText(world.me.identity.objectId)).toBeDefined();
  });

  it('offers a manager the own people only', async () => {
    open({ world: tabWorld(10, ['manager']), hash: `#${CUSTOMER_ID}/exceptions` });
    await screen.findByText('The numbers are about the people you manage.');
    expect(screen.queryByRole('tab', { name: 'Exceptions' })).toBeNull();
  });
});
