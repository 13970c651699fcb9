import { describe, expect, it } from 'vitest';
import {
  appStep,
  channelStep,
  type LiveChannel,
  type LiveTab,
  tabStep,
  teamRefusal,
} from '../../src/rollout/helpdesk/channel.core.ts';

const live = (id: string, name: string, set: Partial<LiveChannel> = {}): LiveChannel => {
  return { id, name, webUrl: null, isStandard: true, isArchived: false, ...set };
};
const GENERAL = live('general', 'General');
const judged = (channels: LiveChannel[], storedId: string | null = null) => {
  return channelStep({ channels: [GENERAL, ...channels], storedId, name: 'it-support', generalId: 'general' });
};

describe('the channel', () => {
  it('is made where there is none', () => {
    expect(judged([live('1', 'it-support-old')])).toEqual({ do: 'make' });
  });

  it.each([
    ['by its stored id, whatever it is called now', [live('1', 'Helpdesk'), live('2', 'it-support')], '1', '1'],
    ['by its name when the stored one is gone', [live('2', 'it-support')], '1', '2'],
    ['by its very name before one in other letters', [live('1', 'IT-Support'), live('2', 'it-support')], null, '2'],
    ['by its name in other letters', [live('1', 'IT-SUPPORT')], null, '1'],
  ])('is found %s', (_how, channels, storedId, id) => {
    expect(judged(channels, storedId)).toMatchObject({ do: 'keep', channel: { id } });
  });

  it.each([
    ['General, though it is called so', 'channel_general', live('general', 'it-support')],
    ['a private one', 'channel_private', live('1', 'it-support', { isStandard: false })],
    ['an archived one', 'channel_archived', live('1', 'it-support', { isArchived: true })],
  ])('is never %s', (_what, code, channel) => {
    const step = channelStep({ channels: [channel], storedId: null, name: 'it-support', generalId: 'general' });
    expect(step).toMatchObject({ do: 'refuse', code });
  });
});

describe('a tab', () => {
  const WANTED = { teamsAppId: 'app', url: 'https://rollout.example/tab/' };
  const tab = (id: string, set: Partial<LiveTab> = {}): LiveTab => ({ id, ...WANTED, ...set });

  it.each([
    [
      'the stored one that shows the page is kept',
      [tab('1'), tab('2')],
      '2',
      { do: 'keep', id: '2', outdatedId: null },
    ],
    ['one that shows the page is adopted', [tab('1')], null, { do: 'keep', id: '1', outdatedId: null }],
    ['none is a reason to make it', [], '1', { do: 'make', outdatedId: null }],
    ['the stored one with another address is replaced', [tab('1', { url: 'x' })], '1', { do: 'make', outdatedId: '1' }],
    ['a tab of somebody else is left alone', [tab('1', { url: 'x' })], null, { do: 'make', outdatedId: null }],
    ['of another app is another tab', [tab('1', { teamsAppId: 'y' })], null, { do: 'make', outdatedId: null }],
    [
      'a new one beside the outdated one is kept',
      [tab('1', { url: 'x' }), tab('2')],
      '1',
      { do: 'keep', id: '2', outdatedId: '1' },
    ],
  ])('%s', (_what, tabs, storedId, step) => {
    expect(tabStep(tabs, WANTED, storedId)).toEqual(step);
  });
});

describe('the app in the team', () => {
  it.each([
    ['1.0.0', '1.0.0', 'keep'],
    ['1.1.0', '1.0.0', 'upgrade'],
    [null, '1.0.0', 'keep'],
    ['1.1.0', null, 'keep'],
  ])('of version %s in the catalogue and %s in the team: %s', (published, installed, step) => {
    expect(appStep({ version: published }, { id: 'i', version: installed })).toEqual({ do: step, id: 'i' });
  });

  it('is installed where it is missing, and asked for where the catalogue has none', () => {
    expect(appStep({ version: '1' }, null)).toEqual({ do: 'make' });
    expect(appStep(null, null)).toMatchObject({ do: 'refuse', code: 'teams_app_missing' });
  });
});

it('a team that is there and not archived is no obstacle', () => {
  expect(teamRefusal({ displayName: 'IT', isArchived: false, generalId: null })).toBeUndefined();
  expect(teamRefusal({ displayName: 'IT', isArchived: true, generalId: null })).toMatchObject({
    code: 'team_archived',
  });
  expect(teamRefusal(null)).toMatchObject({ code: 'team_missing' });
});
