// @vitest-environment jsdom
import './setup.ts';
import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { stopLine } from '../support/tab-rollout.ts';
import { tabWorld } from '../support/tab-world.ts';
import { type OpenTab, openTab } from './open-tab.tsx';

let tab: OpenTab | undefined;
const open = (...args: Parameters<typeof openTab>): OpenTab => {
  tab = openTab(...args);
  return tab;
};
afterEach(() => tab?.host.stop());

describe('helpdesk', () => {
  it('tells who is stuck, why, and what to do next', async () => {
    open({ hash: '#helpdesk' });
    const row = (await screen.findByText('Émile Example')).closest('li');
    expect(row?.textContent).toContain('3 sign-ins failed today');
    expect(row?.textContent).toContain('Next: Ask which device; then end the sessions.');
  });

  it('names the person in each button, and ends the sessions of that one', async () => {
    const { api, user } = open({ hash: '#helpdesk' });
    await user.click(await screen.findByRole('button', { name: /^End the sessions of one person: Émile Example/ }));
    await screen.findByText(/^The sessions are being ended/);
    expect(api.log.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  it('offers to withdraw a pass that can be used, and none where passes are off', async () => {
    const world = tabWorld(10);
    world.more.help = { ...world.more.help, isPassEnabled: false };
    open({ world, hash: '#helpdesk' });
    await screen.findByRole('button', { name: /^Withdraw the pass/ });
    const issue = screen.getByRole('button', { name: /^Issue a pass for one person: Émile/ });
    expect(issue.hasAttribute('disabled')).toBe(true);
    expect(screen.getByText(/are switched off for this customer/)).toBeDefined();
  });

  it('has no button for whoever may not issue a pass', async () => {
    const world = tabWorld(10);
    world.more.help = { ...world.more.help, mayIssue: false };
    open({ world, hash: '#helpdesk' });
    await screen.findByText('Émile Example');
    expect(screen.queryByRole('button', { name: /pass|sessions/ })).toBeNull();
  });
});

describe('drift', () => {
  it('shows the difference, who did it, and why it is not accepted', async () => {
    open({ hash: '#drift' });
    const item = (await screen.findByText('Somebody changed a managed policy')).closest('li') as HTMLElement;
    expect(within(item).getByText('Kim Example')).toBeDefined();
    expect(within(item).getByText('A change that takes cover away is not accepted.')).toBeDefined();
    expect(within(item).queryByRole('button', { name: 'Accept what is there now' })).toBeNull();
    expect(screen.getByText('Could not be read at the last look: per-user MFA')).toBeDefined();
  });

  it('puts back what was approved, once', async () => {
    const { api, user } = open({ hash: '#drift' });
    await user.dblClick(await screen.findByRole('button', { name: 'Restore what was approved' }));
    await screen.findByText('being put back');
    expect(api.log.filter((line) => line.startsWith('POST'))).toHaveLength(1);
    expect(screen.queryByRole('button', { name: 'Restore what was approved' })).toBeNull();
  });

  it('offers nothing to whoever may only look', async () => {
    const world = tabWorld(10);
    world.more.drift = { ...world.more.drift, may: false };
    open({ world, hash: '#drift' });
    await screen.findByText('Somebody changed a managed policy');
    expect(screen.queryByRole('button', { name: 'Restore what was approved' })).toBeNull();
  });
});

describe('the stop line of an enforced phase', () => {
  it('tells how many fail and how far the line is', async () => {
    open({ hash: '#rollout/IT' });
    await screen.findByText(/1 of 12 people seen since the enforcement fail MFA. With one more the stop line takes/);
  });

  it('says that it sees nothing, since when, and what to do', async () => {
    const world = tabWorld(10);
    const why = { en: 'The logs were last read at 07:00.', de: 'Zuletzt um 07:00 gelesen.' };
    if (world.rollout !== null) world.rollout.stopLine = stopLine({ known: false, why });
    open({ world, hash: '#rollout/IT' });
    await screen.findByText(/The logs were last read at 07:00/);
    expect(screen.getByText('The stop line does not see.')).toBeDefined();
  });
});

describe('the rollout’s past and future', () => {
  it('tells who decided what, the newest first, and what the product did by itself and why', async () => {
    open({ hash: '#rollout' });
    const title = await screen.findByText(/Sales.*taken out of enforcement by the stop line/);
    const rows = [...(title.closest('ol')?.children ?? [])].map((row) => row.textContent);
    expect(rows[0]).toContain('The product by itself');
    expect(rows[0]).toContain('5 of 41 people seen failed MFA');
    expect(rows[2]).toMatch(/enforcing was approved.*Mara Example/);
  });

  it('is told on the overview with its method on demand', async () => {
    const { user } = open();
    await screen.findByText(/^Expected: 95 %/);
    await user.click(screen.getByText('How this is known'));
    expect(screen.getByText(/31 people enrolled from/)).toBeDefined();
  });
});

describe('the pages', () => {
  it('stand in the order of a rollout, with a mark where something waits', async () => {
    open();
    await screen.findByRole('tab', { name: 'Exceptions' });
    const names = screen.getAllByRole('tab').map(({ id }) => id.replace('tab-', ''));
    expect(names.slice(0, 5)).toEqual(['overview', 'people', 'exceptions', 'policy', 'setup']);
    await waitFor(() =>
      expect(screen.getByRole('tab', { name: 'Exceptions' }).getAttribute('aria-description')).not.toBeNull(),
    );
    expect(screen.getByRole('tab', { name: 'Findings' }).getAttribute('aria-description')).toBeNull();
  });

  it('of the helpdesk are those it may see', async () => {
    open({ world: tabWorld(10, ['helpdesk']) });
    await screen.findByRole('tab', { name: 'Help' });
    expect(screen.queryByRole('tab', { name: 'Drift' })).toBeNull();
    expect(screen.queryByRole('tab', { name: 'Policy review' })).toBeNull();
  });
});
