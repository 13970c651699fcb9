// @vitest-environment jsdom
import './setup.ts';
import { screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import type { HistoryRow } from '../../src/contract.ts';
import { tabWorld } from '../support/tab-world.ts';
import { type OpenTab, openTab } from './open-tab.tsx';

let tab: OpenTab | undefined;
afterEach(() => tab?.host.stop());

/** Held and resumed in turn, the newest first; the oldest says that the rollout began. */
function long(entries: number): HistoryRow[] {
  return Array.from({ length: entries }, (_none, place) => ({
    ...{ seq: entries - place, at: '2026-11-16T08:30:00Z', phase: `Team ${entries - place}`, why: null },
    kind: place === entries - 1 ? 'rolloutBegun' : place % 2 === 0 ? 'hold' : 'enforced',
    by: 'Mara Example',
  }));
}

it('goes back to the beginning, page by page, and shows one kind alone', async () => {
  const world = tabWorld(10);
  if (world.rollout !== null) world.rollout.history = long(19);
  tab = openTab({ hash: '#rollout', world });
  const { user } = tab;
  await user.click(await screen.findByRole('button', { name: 'Show 2 earlier entries' }));
  await user.click(await screen.findByRole('button', { name: 'Show still earlier entries' }));
  await screen.findByText(/Team 6/);
  expect(screen.queryByText('The rollout began.')).toBeNull();
  await user.click(await screen.findByRole('button', { name: 'Show still earlier entries' }));
  await screen.findByText('The rollout began.');
  expect(screen.queryByRole('button', { name: 'Show still earlier entries' })).toBeNull();
  await user.selectOptions(screen.getByRole('combobox', { name: 'Show' }), 'What people decided');
  await screen.findByText(/Team 19.*: put on hold/);
  expect(screen.queryByText(/: enforced\./)).toBeNull();
});
