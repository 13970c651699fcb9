// @vitest-environment jsdom
/** What takes two people on the page about drift: who loses cover, who has approved, and whose button it is. */
import './setup.ts';
import { screen, within } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import type { DriftRow } from '../../src/contract.ts';
import { type TabWorld, tabWorld } from '../support/tab-world.ts';
import { type OpenTab, openTab } from './open-tab.tsx';

let tab: OpenTab | undefined;
afterEach(() => tab?.host.stop());

const APPROVE = 'Approve: accept this loss of cover';

/** The open finding of the invented tenant, whose loss two people may accept. */
function worldOf(may: boolean): TabWorld {
  const world = tabWorld(10);
  const words = {
    en: '2 accounts would not have to use MFA anywhere.',
    de: '2 Konten müssten MFA nirgends verwenden.',
  };
  const accept = {
    ...{ words, who: ['Ada Example', 'Bo Example'], more: 0, approvedBy: ['Eva Engineer'] },
    ...{ missing: ['customer' as const], expiresAt: '2026-11-23T09:15:00Z' },
  };
  const change: Partial<DriftRow> = { accept: null, two: { restore: null, accept } };
  const rows = world.more.drift.open.map((row) => ({ ...row, ...change }));
  world.more.drift = { ...world.more.drift, may, mayApprove: true, open: rows };
  return world;
}

it('names who loses cover, who has approved and whose approval is missing', async () => {
  tab = openTab({ world: worldOf(true), hash: '#drift' });
  const item = (await screen.findByText('Somebody changed a managed policy')).closest('li') as HTMLElement;
  expect(within(item).getByText('2 accounts would not have to use MFA anywhere.')).toBeDefined();
  expect(item.textContent).toMatch(/Ada Example.*Bo Example/);
  expect(item.textContent).toMatch(/Approved by.*Eva Engineer/);
  expect(item.textContent).toContain('an approver of the customer');
});

it('lets an approver give the second approval, and decide nothing alone', async () => {
  tab = openTab({ world: worldOf(false), hash: '#drift' });
  const button = await screen.findByRole('button', { name: APPROVE });
  expect(screen.queryByRole('button', { name: 'Restore what was approved' })).toBeNull();
  await tab.user.click(button);
  await screen.findByText('Recorded.');
  expect(tab.api.log.filter((line) => line.startsWith('POST'))).toHaveLength(1);
});
