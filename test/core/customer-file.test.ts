import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/lib/errors.ts';
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

describe('customer file', () => {
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
    expect(settings.declared).toEqual({ breakGlass: [], serviceAccounts: [] });
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

  it('never repeats a refused secret, not even when the YAML around it is broken', () => {
    expect(messageFor(GOOD.replace('env:CONTOSO_SECRET', 'S3cr3t~Value'))).not.toContain('S3cr3t');
    expect(messageFor(GOOD.replace('env:CONTOSO_SECRET', '"S3cr3t~Value'))).not.toContain('S3cr3t');
  });

  it('lists every mistake, not only the first', () => {
    const message = messageFor(GOOD.replace('version: 1', 'version: 2').replace('name: Contoso Ltd\n', ''));
    expect(message).toContain('version');
    expect(message).toContain('name is missing');
  });
});
