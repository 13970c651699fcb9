/** Behaviours of a customer's Workday on which the documents are silent, or that its own report decides. */
export type WorkdayOptions = {
  /** `nested`: leaves stand in a group of their own, a list of objects; `flat`: one column for each fact of a leave. */
  shape: 'nested' | 'flat';
  /** What a report without rows looks like: the key of the list is missing, or the list is empty. */
  emptyReport: 'absent' | 'empty';
  /** Whether the report's data source holds people who have not begun yet (as active, with a date to come). */
  showsFutureHires: boolean;
  /** Whether the integration user may run the report; false answers 403. */
  userMayRunReport: boolean;
  /** Columns that the report's author did not put in: they are missing from every row. */
  missingColumns: string[];
};

export const DEFAULT_WORKDAY_OPTIONS: WorkdayOptions = {
  shape: 'nested',
  emptyReport: 'absent',
  showsFutureHires: true,
  userMayRunReport: true,
  missingColumns: [],
};
