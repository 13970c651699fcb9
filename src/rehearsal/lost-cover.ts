type Loss = { userId: string };

export type CoverSeen = {
  /** Who had lost cover at the end, and after each write in order. */
  end: readonly Loss[];
  writes: readonly (readonly Loss[])[];
  /**
   * Accounts carved out by signature, the one way in which somebody may leave the protected set (safety rule S13): at the
   * end, and at any time.
   */
  signed: { atTheEnd: readonly string[]; ever: readonly string[] };
  /** Security Defaults were on at the beginning: their switch is two calls, between which nobody can be covered. */
  hadDefaults: boolean;
};

/**
 * How many lost cover who may not have: at the end, and at most after any write. The one gap of a switch is left out,
 * when the very next write closes it.
 */
export function lostCover({ end, writes, signed, hadDefaults }: CoverSeen): { atTheEnd: number; atWorst: number } {
  const countOf = (losses: readonly Loss[], carvedOut: ReadonlySet<string>) =>
    losses.filter(({ userId }) => !carvedOut.has(userId.toLowerCase())).length;
  const ever = lowered(signed.ever);
  const counts = writes.map((losses) => countOf(losses, ever));
  const gap = hadDefaults ? counts.findIndex((count, place) => count > 0 && counts[place + 1] === 0) : -1;
  return {
    atTheEnd: countOf(end, lowered(signed.atTheEnd)),
    atWorst: Math.max(0, ...counts.filter((_count, place) => place !== gap)),
  };
}

function lowered(ids: readonly string[]): ReadonlySet<string> {
  return new Set(ids.map((id) => id.toLowerCase()));
}
