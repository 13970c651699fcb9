import { canonicalJson, type Json } from '../../lib/canonical-json.ts';
import { canonicalRows, isSignable } from './exception-table.core.ts';
import type { ExceptionKind, ExceptionRow } from './exception-types.core.ts';

/** How the table differs from the one that was signed, by account and kind. */
export type SignatureChanges = { added: RowName[]; changed: RowName[]; removed: RowName[] };

export type RowName = { accountId: string; kind: ExceptionKind; displayName: string };

/**
 * Marks the rows that stand in the signed table word for word. A signature is given for facts: a row that changed
 * since is unsigned until somebody signs again, and the rows that did not change keep theirs. A row of a class stands by
 * the decision about the class and is left as it is.
 */
export function markSigned(exceptions: readonly ExceptionRow[], signedRows: readonly Json[]): ExceptionRow[] {
  const signed = new Set(signedRows.map((row) => canonicalJson(row)));
  const canonical = new Map(canonicalRows(exceptions).map((row) => [keyOf(row), canonicalJson(row)]));
  return exceptions.map((row) =>
    isSignable(row) ? { ...row, signed: signed.has(canonical.get(keyOf(row)) ?? '') } : row,
  );
}

/** What is to be looked at before signing again. */
export function changesSince(exceptions: readonly ExceptionRow[], signedRows: readonly Json[]): SignatureChanges {
  const before = new Map(signedRows.map((row) => [keyOf(row), row]));
  const now = new Map(canonicalRows(exceptions).map((row) => [keyOf(row), row]));
  const names = (rows: Iterable<Json>) => [...rows].map(nameOf);
  return {
    added: names([...now].filter(([key]) => !before.has(key)).map(([, row]) => row)),
    removed: names([...before].filter(([key]) => !now.has(key)).map(([, row]) => row)),
    changed: names(
      [...now]
        .filter(([key, row]) => {
          const old = before.get(key);
          return old !== undefined && canonicalJson(old) !== canonicalJson(row);
        })
        .map(([, row]) => row),
    ),
  };
}

/** Rows per kind; kinds without a row are left out. */
export function countByKind(exceptions: readonly Pick<ExceptionRow, 'kind'>[]): Partial<Record<ExceptionKind, number>> {
  const counts: Partial<Record<ExceptionKind, number>> = {};
  for (const { kind } of exceptions) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function nameOf(row: Json): RowName {
  const { accountId, kind, displayName } = row as unknown as RowName;
  return { accountId, kind, displayName };
}

function keyOf(row: Json | Pick<ExceptionRow, 'accountId' | 'kind'>): string {
  const { accountId, kind } = row as Pick<ExceptionRow, 'accountId' | 'kind'>;
  return `${accountId} ${kind}`;
}
