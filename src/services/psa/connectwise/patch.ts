/** A change of one member. References are replaced as a whole, since a change inside one may be ignored silently. */
export type Change = { [member: string]: string | number | boolean | { id: number } };

/** The changes in ConnectWise's dialect: a list of operations with bare member names. */
export function patchOf(changes: Change): { op: 'replace'; path: string; value: Change[string] }[] {
  return Object.entries(changes).map(([path, value]) => ({ op: 'replace', path, value }));
}

/**
 * The members that an answer shows otherwise than they were asked to be: a success that changed nothing. Texts and
 * numbers are left out, since a server may write them in its own way.
 */
export function ignoredChanges(changes: Change, answer: Record<string, unknown>): string[] {
  return Object.entries(changes).flatMap(([member, wanted]) => {
    const shown = answer[member];
    if (typeof wanted === 'object') return idOf(shown) === wanted.id ? [] : [member];
    return typeof wanted === 'boolean' && typeof shown === 'boolean' && shown !== wanted ? [member] : [];
  });
}

function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
}
