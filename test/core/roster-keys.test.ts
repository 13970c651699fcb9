import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressHash } from '../../src/rollout/roster/address-table.core.ts';
import { isWithinOneEdit, visitDeletionHashes } from '../../src/rollout/roster/folding.core.ts';
import { addressKey } from '../../src/rollout/roster/match-keys.core.ts';
import { indexObjectIds } from '../../src/rollout/roster/object-id-table.core.ts';
import { reconcile } from '../../src/rollout/roster/roster.core.ts';
import type { Employee } from '../../src/rollout/roster/roster-types.core.ts';
import { rowOrder } from '../../src/rollout/roster/row-order.core.ts';

const RUNS = { numRuns: 500 };

/** GUIDs that differ in one place, in case, or in not being GUIDs at all. */
const objectId = fc
  .tuple(fc.constantFrom(...'00000000-0000-4000-8000-000000000000'.split('').keys()), fc.constantFrom(...'0aAfFg-é'))
  .map(([at, letter]) => {
    const plain = '00000000-0000-4000-8000-000000000000';
    return plain.slice(0, at) + letter + plain.slice(at + 1);
  });
const anyId = fc.oneof(objectId, fc.uuid(), fc.constantFrom('', 'acc0', '00000000-0000-4000-8000-0000000000000'));

describe('indexObjectIds', () => {
  it('finds for every text the last account whose id is that very text, and marks the others', () => {
    fc.assert(
      fc.property(fc.array(anyId, { maxLength: 30 }), fc.array(anyId, { maxLength: 10 }), (ids, asked) => {
        const isCopy = new Uint8Array(ids.length);
        const table = indexObjectIds(
          ids.map((id) => ({ id })),
          isCopy,
        );
        for (const id of [...ids, ...asked]) expect(table.get(id)).toBe(ids.lastIndexOf(id));
        expect([...isCopy]).toEqual(ids.map((id, at) => (ids.lastIndexOf(id) === at ? 0 : 1)));
      }),
      RUNS,
    );
  });
});

describe('addressHash', () => {
  const text = fc
    .array(fc.constantFrom('a', 'A', 'b', '1', '@', '.', '+', '_', '[', '{', '`', ' ', 'é', 'e\u0301', 'É', '\u212A'), {
      maxLength: 6,
    })
    .map((letters) => letters.join(''));

  it('is equal for two addresses exactly when their keys are, and negative exactly for those with a plus', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        const [a, b] = [`${left}@x`, `${right}@x`];
        if (addressKey(a) === '' || addressKey(b) === '') return;
        expect(addressHash(a, 0) === addressHash(b, 0)).toBe(addressKey(a) === addressKey(b));
        expect(addressHash(a, 0) < 0).toBe(a.includes('+'));
        expect(addressHash(`smtp:${a}`, 5)).toBe(addressHash(a, 0));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('visitDeletionHashes', () => {
  const hashesOf = (text: string) => {
    const hashes: number[] = [];
    visitDeletionHashes(text, (hash) => hashes.push(hash));
    return hashes;
  };

  it('gives two texts within one edit a hash in common', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '.'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        if (isWithinOneEdit(a, b)) expect(hashesOf(a).some((hash) => hashesOf(b).includes(hash))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

const EMPLOYEE: Employee = {
  employeeId: '1',
  displayName: 'Ann Berg',
  firstName: 'Ann',
  lastName: 'Berg',
  workEmail: null,
  department: null,
  jobTitle: null,
  managerEmployeeId: null,
  status: 'active',
  hireDate: null,
  terminationDate: null,
  returnDate: null,
};

describe('rowOrder', () => {
  it('orders distinct employee ids of any length by code unit', () => {
    const id = fc.string({ unit: fc.constantFrom('0', '1', '9', 'A', 'a', 'é'), minLength: 1, maxLength: 18 });
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 40 }), (ids) => {
        const employees = ids.map((employeeId) => ({ ...EMPLOYEE, employeeId }));
        const order = rowOrder({ employees, hasSharedIds: false });
        expect([...order].map((row) => ids[row])).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)));
      }),
      RUNS,
    );
  });
});

describe('reconcile', () => {
  it('tells of every account what the report says of this very object id', () => {
    const ids = fc.uniqueArray(objectId, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(ids, fc.array(fc.tuple(objectId, fc.boolean()), { maxLength: 12 }), (accountIds, report) => {
        const told = new Map(report);
        const roster = reconcile({
          hrSource: 'csv',
          employees: [{ ...EMPLOYEE, employeeId: '1' }],
          accounts: accountIds.map((id, at) => ({ id, employeeId: String(at + 1), accountEnabled: true })),
          registration: [...told].map(([id, isMfaCapable]) => ({ id, isMfaCapable, isMfaRegistered: false })),
          today: '2026-11-02',
        });
        const listed = [...roster.people, ...roster.accountWithoutHr];
        expect(listed.map((row) => row.accountId).toSorted()).toEqual(accountIds.toSorted());
        for (const { accountId, enrolment } of listed) {
          const answer = told.get(accountId);
          expect(enrolment).toBe(answer === undefined ? 'unknown' : answer ? 'capable' : 'not');
        }
      }),
      RUNS,
    );
  });
});
