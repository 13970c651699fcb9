// @vitest-environment jsdom
// Teams opens a window for signing in at an https address only.
// @vitest-environment-options {"url": "https://mfa.tab.example/"}
import './setup.ts';
import { screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PACKAGE_BYTES_MAX } from '../../src/contract.ts';
import { consentAnswer } from '../../tab/host/consent.ts';
import { CUSTOMER_ID, type TabWorld, tabWorld } from '../support/tab-world.ts';
import { type OpenTab, openTab } from './open-tab.tsx';

let tab: OpenTab | undefined;
const open = (...args: Parameters<typeof openTab>): OpenTab => {
  tab = openTab(...args);
  return tab;
};
afterEach(() => {
  tab?.host.stop();
  history.replaceState(null, '', '/');
});

const PACKAGE = new File(['a package'], 'mfa-rollout.zip', { type: 'application/zip' });

async function publish(world: TabWorld, host: Parameters<typeof openTab>[0] = {}): Promise<OpenTab> {
  const opened = open({ ...host, world, hash: '#setup' });
  await opened.user.upload(await screen.findByLabelText('App package (ZIP)'), PACKAGE);
  await opened.user.click(screen.getByRole('button', { name: 'Publish to the catalogue' }));
  return opened;
}

describe('publishing', () => {
  it('sends the very bytes of the file, once', async () => {
    const world = tabWorld(10);
    const { api } = await publish(world);
    await screen.findByText('Version 1.2.0 is in the catalogue');
    expect(world.published).toEqual([btoa('a package')]);
    expect(api.log.filter((line) => line.startsWith('POST'))).toEqual([
      `POST /customers/${CUSTOMER_ID}/app-package 200`,
    ]);
  });

  it.each([
    [
      { outcome: 'inReview', change: 'added', appId: 'a', version: '2.0.0' },
      'Version 2.0.0 waits for an administrator',
    ],
    [{ outcome: 'published', change: 'none', appId: 'a', version: '2.0.0' }, 'Version 2.0.0 was there already'],
    [{ outcome: 'refused', code: 'catalogue_not_allowed', message: 'x' }, /Your account may not publish/],
    [
      { outcome: 'refused', code: 'another', message: 'The catalogue is being moved.' },
      'The catalogue is being moved.',
    ],
    [{ outcome: 'unknown', message: 'x' }, 'Sent, but not visible yet'],
    [{ status: 403, code: 'catalogue_refused', message: 'Microsoft Graph refused (Forbidden).' }, /Graph refused/],
  ] as const)('says what became of it: %j', async (publishing, text) => {
    await publish({ ...tabWorld(10), publishing });
    await screen.findByText(text);
  });

  it('leads to the consent that is missing, in a window of Teams, and lets the press be made again', async () => {
    const missing = { status: 403, code: 'on_behalf_consent', message: 'Consent first.' };
    const { host, user } = await publish({ ...tabWorld(10), publishing: missing }, { signInWindow: 'success' });
    await user.click(await screen.findByRole('button', { name: 'Open the consent page' }));
    await screen.findByText(/Consent was given/);
    expect(host.said('authentication.authenticate')?.[0]).toBe(`${location.origin}/consent/${CUSTOMER_ID}`);
    await user.click(screen.getByRole('button', { name: 'Understood' }));
    expect(screen.getByRole('button', { name: 'Publish to the catalogue' }).hasAttribute('disabled')).toBe(false);
  });

  it('says why consent was not given', async () => {
    const missing = { status: 403, code: 'on_behalf_consent', message: 'Consent first.' };
    const { user } = await publish({ ...tabWorld(10), publishing: missing }, { signInWindow: { error: 'Too late' } });
    await user.click(await screen.findByRole('button', { name: 'Open the consent page' }));
    await screen.findByText(/Microsoft says: Too late/);
  });

  it('does not send what cannot be a package', async () => {
    const world = tabWorld(10);
    const { user } = open({ world, hash: '#setup' });
    const film = new File([new Uint8Array(PACKAGE_BYTES_MAX + 1)], 'film.zip', { type: 'application/zip' });
    await user.upload(await screen.findByLabelText('App package (ZIP)'), film);
    await screen.findByText(/too large to be the package/);
    expect(screen.getByRole('button', { name: 'Publish to the catalogue' }).hasAttribute('disabled')).toBe(true);
  });

  it.each([
    ['sandbox', /works with a real tenant only/],
    ['otherTenant', /Sign in with an account of the customer/],
  ] as const)('offers nothing to press where there is no chance: %s', async (code, text) => {
    const world = tabWorld(10);
    world.appPackage.may = { yes: false, code, why: 'x' };
    open({ world, hash: '#setup' });
    await screen.findByText(text);
    expect(screen.queryByRole('button', { name: 'Choose the package' })).toBeNull();
  });

  it('is offered to engineer and approver only, like the draft', async () => {
    open({ world: tabWorld(10, ['helpdesk', 'viewer']), hash: '#setup' });
    await screen.findByText('Where we stand');
    expect(screen.queryByRole('tab', { name: 'Set up' })).toBeNull();
    expect(screen.queryByRole('tab', { name: 'Policy review' })).toBeNull();
  });
});

describe('the end of a consent', () => {
  // Teams' library closes the window that it was told the end of, and jsdom's is the test's own.
  vi.spyOn(window, 'close').mockImplementation(() => undefined);

  it('tells the page that opened the window', async () => {
    history.replaceState(null, '', '/?admin_consent=True&tenant=x');
    const { host } = open({ frameContext: 'authentication' });
    await screen.findByRole('heading', { level: 1, name: 'Thank you, consent was given' });
    expect(host.calls).toContain('authentication.authenticate.success');
  });

  it('passes on why there is none', async () => {
    history.replaceState(null, '', '/?error=access_denied&error_description=Declined');
    const { host } = open({ frameContext: 'authentication' });
    await screen.findByText(/Microsoft says: Declined/);
    expect(host.said('authentication.authenticate.failure')).toEqual(['Declined']);
  });

  it.each([
    ['', null],
    ['?admin_consent=False', { given: false, why: 'False' }],
    ['?admin_consent=true', { given: true }],
  ])('is read from the address %s', (search, answer) => {
    expect(consentAnswer(search)).toEqual(answer);
  });
});

describe('adding the tab to a channel by hand', () => {
  it('enables Save and offers the overview under the id of the tab that the product adds', async () => {
    const { host, api } = open({ frameContext: 'settings', hash: '#configure' });
    await screen.findByText('Press Save to add the tab.');
    expect(host.said('settings.setValidityState')).toEqual([true]);
    host.save();
    const url = `${location.origin}/tab/#overview`;
    await waitFor(() => expect(host.calls).toContain('settings.save.success'));
    expect(host.said('settings.setSettings')).toEqual([
      { entityId: 'overview', contentUrl: url, websiteUrl: url, suggestedDisplayName: 'MFA Rollout' },
    ]);
    expect(host.calls).toContain('appInitialization.success');
    expect(api.log).toEqual([]);
  });

  it('says how it is done when Teams is not adding a tab', async () => {
    open({ hash: '#configure', locale: 'de-de' });
    await screen.findByText(/drücken Sie \+ und wählen Sie MFA Rollout/);
  });
});
