import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/lib/errors.ts';
import { connectionSettings, endpointsOf } from '../../src/rollout/customers/connection-settings.ts';
import { parseCustomerFile } from '../../src/rollout/customers/customer-file.ts';

const GOOD = `version: 1
name: Contoso Ltd
tenantId: 11111111-2222-4333-8444-555555555555
timeZone: Europe/Berlin
graph:
  clientId: 99999999-2222-4333-8444-555555555555
  clientSecret: env:CONTOSO_SECRET
hr:
  source: bamboohr
  company: contoso
  apiKey: file:keys/bamboo
tls:
  caFile: ca.pem
`;

const ACCOUNT = 'aaaaaaaa-2222-4333-8444-555555555555';

function messageFor(text: string): string {
  try {
    parseCustomerFile(text, '/customers/contoso.yaml');
  } catch (error) {
    if (error instanceof AppError && error.code === 'customer_file_invalid') return error.userMessage ?? '';
    throw error;
  }
  throw new Error('the file was accepted');
}

/** Further systems; the first line of it is line 14 of the file. */
const OTHERS = `language: de
messenger:
  clientId: 88888888-2222-4333-8444-555555555555
  clientSecret: file:keys/messenger
mail:
  via: gmail
  mailbox: it@contoso.example
  serviceAccountKey: file:keys/google.json
psa:
  source: connectwise
  baseUrl: https://na.connectwise.example
  companyId: provider
  publicKey: env:CW_PUBLIC
  privateKey: env:CW_PRIVATE
  clientId: 77777777-2222-4333-8444-555555555555
  customer: Contoso
teams:
  teamId: 66666666-2222-4333-8444-555555555555
`;

describe('customer file', () => {
  it('takes mail, PSA and Teams, with the published addresses and the usual channel', () => {
    const settings = parseCustomerFile(`${GOOD}${OTHERS}`, '/customers/contoso.yaml');
    expect(settings).toMatchObject({
      language: 'de',
      messenger: { clientSecret: 'file:/customers/keys/messenger' },
      mail: { via: 'gmail', serviceAccountKey: 'file:/customers/keys/google.json' },
      psa: { source: 'connectwise', privateKey: 'env:CW_PRIVATE', customer: 'Contoso' },
      teams: { channel: 'it-support', connectorUrl: 'https://smba.trafficmanager.net/teams' },
    });
    const plain = parseCustomerFile(GOOD, '/customers/contoso.yaml');
    expect([plain.language, plain.teams, plain.mail, plain.psa, plain.messenger]).toEqual([
      'en',
      ...new Array<undefined>(4),
    ]);
  });

  it.each([
    [
      'a plain-text key of Google',
      'file:keys/google.json',
      '{"private_key":1}',
      'line 21: mail.serviceAccountKey must',
    ],
    ['a plain-text key of the PSA', 'env:CW_PRIVATE', 'S3cr3t', 'line 27: psa.privateKey must be a reference'],
    [
      'a plain-text secret of the messenger',
      'file:keys/messenger',
      'S3cr3t',
      'line 17: messenger.clientSecret must be',
    ],
    ['an unknown way to mail', 'via: gmail', 'via: pigeon', 'line 19: mail.via must be outlook or gmail'],
    ['an unknown PSA', 'source: connectwise', 'source: paper', 'line 23: psa.source must be'],
    ['an unknown language', 'language: de', 'language: tlh', 'line 14: language must be'],
    [
      'a hash in the channel',
      'teams:\n',
      'teams:\n  channel: "#it-support"\n',
      'line 31: teams.channel must be a channel name',
    ],
    [
      'General for a channel',
      'teams:\n',
      'teams:\n  channel: general\n',
      'teams.channel must be another channel than General',
    ],
    ['no team', '  teamId: 66666666-2222-4333-8444-555555555555', '  channel: it', 'line 30: teams.teamId is missing'],
  ])('with %s is refused with the line and without the secret', (_what, from, to, expected) => {
    const message = messageFor(`${GOOD}${OTHERS.replace(from, to)}`);
    expect(message).toContain(expected);
    expect(message).not.toMatch(/S3cr3t|private_key"/);
  });

  it('is read with defaults, ids in lower case and paths seen from its folder', () => {
    const settings = parseCustomerFile(GOOD.replace('99999999', 'ABCDEFAB'), '/customers/contoso.yaml');
    expect(settings.graph).toEqual({
      baseUrl: 'https://graph.microsoft.com',
      loginUrl: 'https://login.microsoftonline.com',
      clientId: 'abcdefab-2222-4333-8444-555555555555',
      clientSecret: 'env:CONTOSO_SECRET',
    });
    expect(settings.hr).toMatchObject({ apiKey: 'file:/customers/keys/bamboo' });
    expect(settings.tls).toEqual({ caFile: '/customers/ca.pem' });
    expect(settings.sources).toEqual({ shrinkPercentMax: 20, shrinkRowsMax: 5 });
    expect(settings.declared).toEqual({ breakGlass: [], drillDays: 90, serviceAccounts: [] });
  });

  it.each([
    ['a line break', '"Contoso\\nLtd"'],
    ['a NUL', '"Contoso\\0Ltd"'],
    ['a turned reading direction', '"Contoso\\u202ELtd"'],
    ['half a character', '"Contoso\\uD800Ltd"'],
  ])('refuses %s in a name', (_what, name) => {
    expect(messageFor(GOOD.replace('Contoso Ltd', name))).toContain('line 2: name must be one line');
  });

  it.each([
    ['twice as a break-glass account', `breakGlass: [${ACCOUNT}, ${ACCOUNT.toUpperCase()}]`],
    ['as a break-glass and a service account', `breakGlass: [${ACCOUNT}]\n  serviceAccounts: [${ACCOUNT}]`],
  ])('refuses an account declared %s', (_how, declared) => {
    expect(messageFor(`${GOOD}declared:\n  ${declared}\n`)).toContain('each account stands once');
  });

  it.each([
    [
      'an unknown key',
      GOOD.replace('company: contoso', 'company: contoso\n  compnay: x'),
      'line 11: hr.compnay is not a known key',
    ],
    [
      'a plain-text secret',
      GOOD.replace('env:CONTOSO_SECRET', 'S3cr3t~Value'),
      'line 7: graph.clientSecret must be a reference',
    ],
    ['a malformed tenant id', GOOD.replace('11111111-2222', '11111111-22'), 'line 3: tenantId must be an id'],
    ['a missing key, at its parent', GOOD.replace('  company: contoso\n', ''), 'line 8: hr.company is missing'],
    [
      'an http address',
      GOOD.replace('graph:\n', 'graph:\n  baseUrl: http://graph.test\n'),
      'line 6: graph.baseUrl must be an https:// address',
    ],
    [
      'a user in an address',
      GOOD.replace('graph:\n', 'graph:\n  baseUrl: https://a:b@graph.test\n'),
      'line 6: graph.baseUrl must be',
    ],
    ['an unknown time zone', GOOD.replace('Europe/Berlin', 'Europe/Atlantis'), 'line 4: timeZone must be a time zone'],
    [
      'no secret at all',
      GOOD.replace('  clientSecret: env:CONTOSO_SECRET\n', ''),
      'line 5: graph must be given either a clientSecret or a certificate',
    ],
    ['a key given twice', `${GOOD}name: Other\n`, 'line 14: the file is not valid YAML (duplicate key)'],
    ['broken YAML', GOOD.replace('graph:', 'graph: ['), 'is not valid YAML'],
    [
      'an entry of a list',
      `${GOOD}declared:\n  breakGlass:\n    - not-an-id\n`,
      'line 16: declared.breakGlass.0 must be an id',
    ],
    [
      'an unknown HR source',
      GOOD.replace('source: bamboohr', 'source: excel'),
      'line 9: hr.source must be bamboohr or workday',
    ],
    ['an empty file', '', 'line 1: name is missing'],
    ['a list for a file', '- a\n- b\n', 'line 1: the file must be object'],
    ['a value of the wrong type', GOOD.replace('name: Contoso Ltd', 'name: 7'), 'line 2: name must be string'],
    ['YAML aliases', `a: &a [x]\nb: *a\n${GOOD}`, 'uses YAML aliases'],
  ])('with %s is refused with the line', (_what, text, expected) => {
    expect(messageFor(text)).toContain(expected);
  });

  it('names a Workday report with its columns, and keeps its password a reference', () => {
    const hr = `hr:
  source: workday
  reportUrl: https://wd5.example/ccx/service/customreport2/contoso/hr/Report?Worker_Type!WID=x
  username: ISU_MFA
  password: env:WORKDAY_PASSWORD
  columns: { workEmail: Email, displayName: null }
`;
    const text = GOOD.replace(/hr:\n( {2}.*\n)+/, hr);
    expect(parseCustomerFile(text, '/customers/contoso.yaml').hr).toMatchObject({
      source: 'workday',
      columns: { workEmail: 'Email', displayName: null },
    });
    expect(messageFor(text.replace('env:WORKDAY_PASSWORD', 'S3cr3t'))).toContain('hr.password must be a reference');
    expect(messageFor(text.replace('workEmail:', 'workMail:'))).toContain('hr.columns');
  });

  it('takes BambooHR by key or by an application of its own, whose refresh token stands in a file', () => {
    const oauth = (change: object = {}) => {
      const hr = { clientId: 'app', clientSecret: 'env:BAMBOO', refreshToken: 'file:keys/refresh', ...change };
      return GOOD.replace('apiKey: file:keys/bamboo', `oauth: ${JSON.stringify(hr)}\n  webhookKeys: [file:keys/hook]`);
    };
    const settings = parseCustomerFile(oauth(), '/customers/contoso.yaml');
    expect(settings.hr).toMatchObject({
      oauth: { clientSecret: 'env:BAMBOO', refreshToken: 'file:/customers/keys/refresh' },
      webhookKeys: ['file:/customers/keys/hook'],
    });
    expect(connectionSettings(settings, { CONTOSO_SECRET: 'graph', BAMBOO: 'secret of app' }).hr).toMatchObject({
      access: { kind: 'oauth', clientSecret: 'secret of app', loginUrl: 'https://contoso.bamboohr.com' },
    });
    expect(endpointsOf(settings)).toContain('https://contoso.bamboohr.com');
    expect(messageFor(oauth({ refreshToken: 'env:REFRESH' }))).toContain(
      'hr.oauth.refreshToken must be a reference file:',
    );
    expect(
      messageFor(GOOD.replace('apiKey:', 'oauth: {clientId: a, clientSecret: env:A, refreshToken: file:x}\n  apiKey:')),
    ).toContain('either an apiKey or oauth');
    expect(messageFor(GOOD.replace('  apiKey: file:keys/bamboo\n', ''))).toContain('either an apiKey or oauth');
  });

  it('never repeats a refused secret, not even when the YAML around it is broken', () => {
    expect(messageFor(GOOD.replace('env:CONTOSO_SECRET', 'S3cr3t~Value'))).not.toContain('S3cr3t');
    expect(messageFor(GOOD.replace('env:CONTOSO_SECRET', '"S3cr3t~Value'))).not.toContain('S3cr3t');
  });

  it('becomes the settings of every system, each secret in the place of its reference', () => {
    const folder = mkdtempSync(join(tmpdir(), 'customer-'));
    const key = { client_email: 'rollout@contoso.example', private_key: 'PEM', private_key_id: '7', type: 'x' };
    mkdirSync(join(folder, 'keys'));
    writeFileSync(join(folder, 'keys', 'google.json'), JSON.stringify(key));
    for (const name of ['bamboo', 'messenger']) writeFileSync(join(folder, 'keys', name), `secret of ${name}\n`);
    const settings = parseCustomerFile(`${GOOD}${OTHERS}`, join(folder, 'contoso.yaml'));
    const environment = { CONTOSO_SECRET: 'graph', CW_PUBLIC: 'public', CW_PRIVATE: 'private' };
    expect(connectionSettings(settings, environment)).toMatchObject({
      graph: { credential: { secret: 'graph' } },
      messenger: { clientId: '88888888-2222-4333-8444-555555555555', credential: { secret: 'secret of messenger' } },
      mail: {
        kind: 'gmail',
        serviceAccount: { clientEmail: key.client_email, privateKeyPem: 'PEM', privateKeyId: '7' },
      },
      psa: { kind: 'connectwise', companyId: 'provider', publicKey: 'public', privateKey: 'private' },
    });
    expect(endpointsOf(settings)).toEqual(
      expect.arrayContaining(['https://oauth2.googleapis.com/token', 'https://na.connectwise.example']),
    );
    writeFileSync(join(folder, 'keys', 'google.json'), 'PEM-TEXT');
    expect(() => connectionSettings(settings, environment)).toThrow(
      expect.objectContaining({ code: 'secret_unusable', message: expect.not.stringContaining('PEM-TEXT') as string }),
    );
  });

  it('lists every mistake, not only the first', () => {
    const message = messageFor(GOOD.replace('version: 1', 'version: 2').replace('name: Contoso Ltd\n', ''));
    expect(message).toContain('version');
    expect(message).toContain('name is missing');
  });
});
