/**
 * An empty or suddenly shrunk source is a fault of the source until a person says otherwise: nobody becomes a leaver
 * because an HR report lost its rows. The old list stays, and the sentence says so.
 */

export type SourceLimits = {
  /** Share of the rows that may go at once. */
  lossShareMax: number;
  /** Rows that may go at once whatever share they are, so that a small customer's leavers do not stop the list. */
  lossRowsMax: number;
};

export const SOURCE_LIMITS: SourceLimits = { lossShareMax: 0.2, lossRowsMax: 5 };

export type SourceReading = {
  /** Rows of the reading that the present list stands on; null or 0 when there is none. */
  previousCount: number | null;
  currentCount: number;
  /** What was read, as a person calls it: "BambooHR employees", "Entra accounts". */
  kind: string;
  limits?: Partial<SourceLimits> | undefined;
};

export type SourceVerdict = { ok: true } | { ok: false; code: 'sourceEmpty' | 'sourceShrunk'; sentence: string };

/** Accepts a reading, or refuses one that is empty where rows were known, or that lost more than both limits allow. */
export function acceptSource(reading: SourceReading): SourceVerdict {
  const { currentCount, kind } = reading;
  const previous = reading.previousCount ?? 0;
  const limits = { ...SOURCE_LIMITS, ...reading.limits };
  if (previous === 0) return { ok: true };
  if (currentCount === 0) {
    return {
      ok: false,
      code: 'sourceEmpty',
      sentence: `${kind}: no rows were returned where ${previous} were known. The old list stays; check the source and its permissions.`,
    };
  }
  const lost = previous - currentCount;
  if (lost <= limits.lossRowsMax || lost <= previous * limits.lossShareMax) return { ok: true };
  return {
    ok: false,
    code: 'sourceShrunk',
    sentence: `${kind}: ${currentCount} rows were returned where ${previous} were known. The old list stays; check the source, or accept the smaller list by hand.`,
  };
}
