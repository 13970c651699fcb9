// @vitest-environment jsdom
import './setup.ts';
import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { tabWorld } from '../support/tab-world.ts';
import { type OpenTab, openTab } from './open-tab.tsx';

let tab: OpenTab | undefined;
const open = (...args: Parameters<typeof openTab>): OpenTab => {
  tab = openTab(...args);
  return tab;
};
afterEach(() => tab?.host.stop());

it('says what has to stand first, each step with its way back, and who keeps old MFA', async () => {
  open({ hash: 'takeover' });
  expect(await screen.findByText('4 phases are not enforced yet.')).toBeTruthy();
  expect(screen.getByText('takes MFA out of "Old MFA" (done)')).toBeTruthy();
  expect(screen.getAllByText('Way back: writes the state back')[0]).toBeTruthy();
  expect(screen.getByText('svc-scan')).toBeTruthy();
});

const pressesOf = ({ api }: OpenTab) => api.log.filter((line) => line.startsWith('POST'));

it('undoes nothing when somebody thinks better of it', async () => {
  const opened = open({ hash: 'takeover' });
  const { user } = opened;
  await user.click(await screen.findByRole('button', { name: 'Undo everything …' }));
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(pressesOf(opened)).toEqual([]);
});

it('undoes everything only after saying what will happen', async () => {
  const opened = open({ hash: 'takeover' });
  const { user } = opened;
  await user.click(await screen.findByRole('button', { name: 'Undo everything …' }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByText('2 phases are taken out of enforcement: Sales, Everyone.')).toBeTruthy();
  expect(pressesOf(opened)).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Yes, undo everything' }));
  expect(await screen.findByText('Everything is being taken back.')).toBeTruthy();
  expect(pressesOf(opened)).toHaveLength(1);
});

it('offers no undoing where nothing of the product stands', async () => {
  const world = tabWorld(20);
  delete world.more.takeover.everything;
  open({ world, hash: 'takeover' });
  expect(await screen.findByText('svc-scan')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Undo everything …' })).toBeNull();
});
