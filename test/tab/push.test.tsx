// @vitest-environment jsdom
import './setup.ts';
import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { pushAnswer } from '../support/tab-more.ts';
import { decision, tabWorld } from '../support/tab-world.ts';
import { type OpenTab, openTab } from './open-tab.tsx';

let tab: OpenTab | undefined;
afterEach(() => tab?.host.stop());

function openApproved(change: (world: ReturnType<typeof tabWorld>) => void = () => undefined, locale?: string) {
  const world = tabWorld(20);
  world.draft = { ...world.draft, state: { state: 'approved', decision: decision({ verdict: 'approved' }) } };
  change(world);
  tab = openTab({ world, hash: '#policy', ...(locale === undefined ? {} : { locale }) });
  return tab;
}
const pushes = ({ api }: OpenTab) => api.log.filter((line) => line.startsWith('POST'));

describe('the push of an approved draft', () => {
  it('tells its steps with the way back, runs once for two clicks, and shows each state without a reload', async () => {
    const opened = openApproved();
    await screen.findByText('makes the policy OBSERVE, report-only');
    expect(screen.getByText('Way back: deletes it, unless somebody else changed it')).toBeDefined();
    await opened.user.dblClick(screen.getByRole('button', { name: 'Push, report-only (2 steps)' }));
    await screen.findByText(/^Pushed: both policies stand/);
    expect(pushes(opened)).toHaveLength(1);
    expect(screen.getByRole('button', { name: 'Undo the push' })).toBeDefined();
  });

  it('says what refuses it, and offers no press', async () => {
    openApproved((world) => {
      const message = 'No drill that counts is on record. Start one for each. Then push again.';
      world.more.push = pushAnswer({ refusal: { code: 'break_glass_no_drill', rule: 'S2', message } });
    });
    await screen.findByText(/Start one for each/);
    const button = screen.getByRole('button', { name: 'Push, report-only (2 steps)' });
    expect(button.hasAttribute('disabled')).toBe(true);
  });

  it('tells what was found afterwards, and is taken back after a question alone', async () => {
    const opened = openApproved((world) => {
      const after = [{ code: 'graph_unasked', message: 'Graph’s own evaluation was not asked.' }];
      world.more.push = pushAnswer({ state: 'live', after, steps: [] });
    });
    await screen.findByText('Graph’s own evaluation was not asked.');
    await opened.user.click(screen.getByRole('button', { name: 'Undo the push' }));
    const dialog = await screen.findByRole('dialog', { hidden: true });
    expect(pushes(opened)).toEqual([]);
    await opened.user.click(within(dialog).getByRole('button', { name: 'Undo the push', hidden: true }));
    await screen.findByText(/The last push was taken back/);
    expect(pushes(opened)).toEqual(['POST /customers/0c0a50de-0000-4000-8000-000000000001/policy-push/undo 200']);
  });

  it('is in German for a German reader, and not there before the approval', async () => {
    openApproved((world) => {
      world.draft = { ...world.draft, state: { state: 'open' } };
    });
    await screen.findByText('Waiting for a decision');
    expect(screen.queryByText('Into the tenant')).toBeNull();
    tab?.host.stop();
    openApproved(undefined, 'de-de');
    await screen.findByText('legt die Richtlinie OBSERVE an, im Berichtsmodus');
  });

  it('has no button for an approver, who sees how it stands', async () => {
    openApproved((world) => {
      world.more.push = pushAnswer({ mayPush: false });
    });
    await screen.findByText('Only an engineer pushes a draft and takes it back.');
    await waitFor(() => expect(screen.queryByRole('button', { name: /^Push/ })).toBeNull());
  });
});
