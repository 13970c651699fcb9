/** The subject under which the cards of a finding are kept. */
const SUBJECT = 'drift:';

/** The subject of a finding's cards. */
export function driftSubject(id: string): string {
  return `${SUBJECT}${id}`;
}

/** The finding that a subject names; null for the subject of another card. */
export function driftInSubject(subject: string): string | null {
  return subject.startsWith(SUBJECT) ? subject.slice(SUBJECT.length) : null;
}
