// @vitest-environment jsdom
import './setup.ts';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { PHASE_DIGEST, phaseDecision, phaseReview } from '../support/tab-rollout.ts';
import { CUSTOMER_ID, type TabWorld, tabWorld } from '../support/tab-world.ts';
import { type OpenTab, openTab } from './open-tab.tsx';

let tab: OpenTab | undefined;
const open = (...args: Parameters<typeof openTab>): OpenTab => {
  tab = openTab(...args);
  return tab;
};
afterEach(() => tab?.host.stop());

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const dialog = () => screen.findByRole('dialog', { hidden: true });
const pressIn = (where: HTMLElement, name: string) =>
  fireEvent.click(within(where).getByRole('button', { name, hidden: true }));
/** The bodies of everything that is sent from now on. */
const sentBy = ({ api }: OpenTab): unknown[] => {
  const bodies: unknown[] = [];
  const answer = api.answer;
  api.answer = (request) => {
    if (request.method === 'POST') bodies.push(JSON.parse(request.body));
    return answer(request);
  };
  return bodies;
};
const withReview = (changes: Parameters<typeof phaseReview>[0]): TabWorld => {
  const world = tabWorld(10);
  world.rollout?.reviews.set('Sales', phaseReview(changes));
  return world;
};
const SALES = '#rollout/Sales?view=decision';

describe('the rollout', () => {
  it('is a line that says every phase, its state and its day to whoever cannot see it', async () => {
    open({ hash: '#rollout' });
    const line = await screen.findByRole('img', { name: /2. Sales/ });
    const label = line.getAttribute('aria-label') ?? '';
    expect(label).toContain('2. Sales: ready for approval, Nov 24, 2026');
    expect(label).toContain('the deadline on Dec 31, 2026');
    screen.getByText('41 days are left until the deadline.');
  });

  it('shows each phase with what stands in the way and leads to the decision that waits', async () => {
    const { user } = open({ hash: '#rollout' });
    await screen.findByText(/2 clients of 2 people cannot answer MFA/);
    await user.click(await button('Review and decide: Sales'));
    await screen.findByRole('tab', { name: 'Decision', selected: true });
    expect(location.hash).toBe('#rollout/Sales?view=decision');
  });

  it.each([
    ['en-US', 'waits for the last phase', /nobody approves it before/, 'Review and decide: Sales', 'All phases'],
    [
      'de-DE',
      'wartet auf die letzte Phase',
      /niemand gibt sie vorher frei/,
      'Prüfen und entscheiden: Sales',
      'Alle Phasen',
    ],
  ])(
    'says in %s that a phase waits for the switch, in the list and on its page',
    async (locale, badge, says, decide, back) => {
      const world = tabWorld(10);
      const { rollout } = world.rollout ?? {};
      if (rollout === undefined) throw new Error('the world has a rollout');
      rollout.phases = rollout.phases.map((one) => (one.name === 'Sales' ? { ...one, waiting: true } : one));
      const { user } = open({ world, hash: '#rollout', locale });
      await screen.findByText(badge);
      screen.getByText(says);
      expect(screen.queryByRole('button', { name: decide })).toBeNull();
      await user.click(screen.getByText('Sales'));
      await button(back);
      screen.getByText(badge);
      screen.getByText(says);
    },
  );

  it('says so when none was begun', async () => {
    const world = tabWorld(10);
    world.rollout = null;
    open({ world, hash: '#rollout' });
    await screen.findByText('There is no rollout yet');
  });

  it('shows a manager the own people, no gates and no decision', async () => {
    open({ world: tabWorld(10, ['manager']), hash: `#${CUSTOMER_ID}/rollout/Sales` });
    await screen.findByRole('tab', { name: 'People', selected: true });
    for (const name of ['Gates', 'Messages', 'Decision']) expect(screen.queryByRole('tab', { name })).toBeNull();
  });

  it('is what the overview leads to next', async () => {
    const { user } = open();
    await user.click(await button('Decide about the phase “Sales”'));
    await screen.findByRole('heading', { name: 'Sales' });
  });
});

describe('the decision about a phase', () => {
  it('approves with the digest that was on the page, once, and says who is still missing', async () => {
    const opened = open({ world: withReview({}), hash: SALES });
    const bodies = sentBy(opened);
    await opened.user.click(await button('Approve: 38 people newly asked'));
    const question = await dialog();
    expect(question.textContent).toContain(PHASE_DIGEST);
    pressIn(question, 'Approve: 38 people newly asked');
    await screen.findByText(/Recorded\. Still needed: the approver of the customer\./);
    await screen.findByText(/Approved by .*Mara Example/);
    expect(bodies).toEqual([{ phase: 'Sales', verdict: 'approve', digest: PHASE_DIGEST, seen: null, anyway: [] }]);
  });

  it('is closed while somebody is not ready, and opens for the digest with the names that were ticked', async () => {
    const opened = open({ hash: SALES });
    const bodies = sentBy(opened);
    const approve = await button('Approve: 38 people newly asked');
    expect((approve as HTMLButtonElement).disabled).toBe(true);
    await opened.user.click(await button('Tick all of them'));
    await waitFor(async () =>
      expect((await button('Approve: 38 people newly asked')) as HTMLButtonElement).toHaveProperty('disabled', false),
    );
    await opened.user.click(await button('Approve: 38 people newly asked'));
    pressIn(await dialog(), 'Approve: 38 people newly asked');
    await screen.findByText(/^Recorded\./);
    const [asked, pressed] = bodies as { anyway: string[]; digest?: string }[];
    expect(asked?.anyway).toHaveLength(2);
    expect(pressed).toMatchObject({ anyway: asked?.anyway, digest: `sha256:${'2'.repeat(64)}` });
  });

  it('records nothing on content that changed behind the question, and says so', async () => {
    const opened = open({ world: withReview({ digest: `sha256:${'c'.repeat(64)}` }), hash: SALES });
    await opened.user.click(await button('Approve: 38 people newly asked'));
    pressIn(await dialog(), 'Approve: 38 people newly asked');
    await screen.findByText(/Nothing was recorded: the content changed/);
  });

  it('tells who was quicker', async () => {
    const opened = open({ world: withReview({ latest: phaseDecision() }), hash: SALES });
    const { rollout } = opened.api.world;
    await opened.user.click(await button('Approve: 38 people newly asked'));
    if (rollout !== null) {
      const { phases } = rollout.rollout;
      rollout.rollout.phases = phases.map((one) => (one.name === 'Sales' ? { ...one, state: 'approved' } : one));
    }
    pressIn(await dialog(), 'Approve: 38 people newly asked');
    await screen.findByText(/Nothing was changed\. Approved by .*Nils Example/);
  });

  it('names the hold that it lifts, and is no button of whoever may not decide', async () => {
    const world = withReview({ latest: phaseDecision({ id: 'hold-7', verdict: 'hold' }), digest: null });
    const { rollout } = world;
    if (rollout === null) throw new Error('the world has a rollout');
    rollout.rollout.phases = rollout.rollout.phases.map((one) =>
      one.name === 'Sales' ? { ...one, state: 'held' } : one,
    );
    const opened = open({ world, hash: SALES });
    const bodies = sentBy(opened);
    await opened.user.click(await button('Resume'));
    pressIn(await dialog(), 'Resume');
    await waitFor(() => expect(bodies).toEqual([{ phase: 'Sales', verdict: 'resume', digest: '', seen: 'hold-7' }]));
  });
});

describe('messages and findings', () => {
  it('lets a doubt be settled by a person’s word', async () => {
    const opened = open({ hash: '#rollout/Sales?view=messages' });
    const bodies = sentBy(opened);
    await opened.user.click(await button('It was sent'));
    await screen.findByText('Recorded.');
    expect(bodies).toMatchObject([{ message: 'reminder', scope: '', verdict: 'sent' }]);
    await waitFor(() => expect(screen.queryByText('Look into the mailbox: was it sent?')).toBeNull());
  });

  it('says who is not written to and why', async () => {
    open({ hash: '#rollout/Sales?view=messages&list=not' });
    await screen.findByText('Has enrolled already.');
  });

  it('takes a finding, and waives one until a day with a reason only', async () => {
    const opened = open({ hash: '#findings?status=open' });
    await opened.user.click(await button('Waive until a day'));
    const question = await dialog();
    const sign = within(question).getByRole('button', { name: 'Sign the waiver', hidden: true });
    expect(sign).toHaveProperty('disabled', true);
    fireEvent.change(within(question).getByLabelText(/Until/), { target: { value: '2026-12-31' } });
    fireEvent.change(within(question).getByLabelText(/Reason/), { target: { value: 'Replaced in December.' } });
    expect(sign).toHaveProperty('disabled', false);
    fireEvent.click(sign);
    await screen.findByText('No client stands in this state.');
    expect(opened.api.world.rollout?.findings[0]?.waiver?.why).toBe('Replaced in December.');
  });
});

describe('moving a day', () => {
  const move = async (day: string, check?: string) => {
    const asked = await dialog();
    if (check !== undefined) fireEvent.click(within(asked).getByLabelText(check));
    const go = within(asked).getByRole('button', { name: 'Move', hidden: true });
    expect(go).toHaveProperty('disabled', true);
    fireEvent.change(within(asked).getByLabelText(/New day/), { target: { value: day } });
    fireEvent.click(go);
    return asked;
  };

  it('moves the deadline that was shown, and says from when to when', async () => {
    const opened = open({ hash: '#rollout' });
    const bodies = sentBy(opened);
    await opened.user.click(await button('Move the deadline'));
    const asked = await move('2027-01-15');
    await within(asked).findByText('Deadline: from Dec 31, 2026 to Jan 15, 2027.');
    expect(bodies).toEqual([{ seen: '2026-12-31', to: '2027-01-15' }]);
    pressIn(asked, 'Close');
    await screen.findByText('56 days are left until the deadline.');
  });

  it('moves a phase that nobody was told of, with all later ones', async () => {
    const opened = open({ hash: '#rollout/Finance' });
    const bodies = sentBy(opened);
    await opened.user.click(await button('Move the day'));
    const asked = await move('2026-12-10', 'Move all later phases by as many working days');
    await within(asked).findByText(/Finance.*to Dec 10, 2026/);
    within(asked).getByText(/Everyone else.*to Dec 10, 2026/);
    expect(bodies).toMatchObject([{ phase: 'Finance', to: '2026-12-10', withLater: true, revision: 3 }]);
  });

  it('says why a day cannot be moved, and keeps what was asked for', async () => {
    const opened = open({ hash: '#rollout' });
    await opened.user.click(await button('Move the deadline'));
    if (opened.api.world.rollout !== null) opened.api.world.rollout.rollout.deadline = '2026-12-30';
    const asked = await move('2026-11-21');
    await within(asked).findByText('The rollout has changed.');
    expect(within(asked).getByLabelText(/New day/)).toHaveProperty('value', '2026-11-21');
  });

  it('is offered for a phase that was announced to nobody, and to whoever may', async () => {
    open({ hash: '#rollout/Sales' });
    await screen.findByRole('tab', { name: 'Decision' });
    expect(screen.queryByRole('button', { name: 'Move the day' })).toBeNull();
    tab?.host.stop();
    const world = tabWorld(10);
    if (world.rollout !== null) world.rollout.rollout.mayMove = false;
    open({ hash: '#rollout', world });
    await screen.findByText('41 days are left until the deadline.');
    expect(screen.queryByRole('button', { name: 'Move the deadline' })).toBeNull();
  });
});
