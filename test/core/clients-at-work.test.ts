import { expect, it } from 'vitest';
import { clientsAtWork } from '../../src/rehearsal/clients-at-work.ts';

/* The truth about old clients that a rehearsal's report is held against. */

const READ_TO = '2027-01-12T09:00:00.000Z';
const HOUR_MS = 3_600_000;
const before = (hours: number) => new Date(Date.parse(READ_TO) - hours * HOUR_MS).toISOString();

type Row = Parameters<typeof clientsAtWork>[0][number];

function signIn(hours: number, changes: Record<string, unknown> = {}): Row {
  return {
    ...{ id: `s${hours}`, userId: 'A1', appDisplayName: 'Mail', clientAppUsed: 'Browser', status: { errorCode: 0 } },
    ...{ createdDateTime: before(hours), isInteractive: true, authenticationProtocol: 'none' },
    ...changes,
  } as unknown as Row;
}

const refused = (hours: number) =>
  signIn(hours, {
    isInteractive: false,
    clientAppUsed: 'Mobile Apps and Desktop clients',
    status: { errorCode: 50076 },
  });
const old = (hours: number) => signIn(hours, { clientAppUsed: 'POP3', isInteractive: false });
const SESSION = ['a1 Mail refused background sign-in'];

it.each<[string, Row[], string[]]>([
  ['an old protocol of the last day', [old(23)], ['a1 Mail POP3']],
  ['ROPC, whatever client it says it is', [signIn(1, { authenticationProtocol: 'ropc' })], ['a1 Mail ROPC']],
  ['nothing that was quiet for a day', [old(24)], []],
  ['nothing after what was read', [old(-1)], []],
  ['no guess at a password', [signIn(1, { clientAppUsed: 'POP3', status: { errorCode: 50126 } })], []],
  ['a session refused for a day', [refused(30), refused(18), refused(6)], SESSION],
  ['no session refused for less', [refused(20), refused(6)], []],
  ['no session whose owner answered meanwhile', [refused(30), refused(18), signIn(12), refused(6)], []],
  ['a session whose owner answered only before', [signIn(40), refused(30), refused(18), refused(6)], SESSION],
  ['no session that began anew after a day without', [refused(60), refused(20), refused(6)], []],
  ['no session that nobody tries any more', [refused(60), refused(48), refused(30)], []],
])('counts %s', (_claim, rows, expected) => {
  expect(clientsAtWork(rows, Date.parse(READ_TO))).toEqual(expected);
});
