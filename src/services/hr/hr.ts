/** An employee as HR knows him. Texts are null where HR has none; dates are YYYY-MM-DD. */
export type HrEmployee = {
  /** The number by which other systems, Entra among them, name the employee. */
  employeeId: string;
  displayName: string | null;
  firstName: string | null;
  lastName: string | null;
  workEmail: string | null;
  department: string | null;
  jobTitle: string | null;
  /** The manager's `employeeId`. */
  managerEmployeeId: string | null;
  /** `inactive` covers leavers and people who have not begun yet: `hireDate` tells them apart. */
  status: 'active' | 'onLeave' | 'inactive';
  hireDate: string | null;
  terminationDate: string | null;
  /** First day back, for people on leave, where HR knows it. */
  returnDate: string | null;
};

export type HrReading = {
  employees: HrEmployee[];
  /** False where the system would not show absences: then somebody on leave may stand here as active. */
  absencesKnown: boolean;
  /**
   * Names everything that the list was made of and how: what the system sent, the customer's rules, the day. Equal names
   * mean equal lists; another name says nothing.
   */
  digest: string;
};

/** What every HR system is to the product. */
export type HrSource = {
  source: 'bamboohr' | 'workday';
  /** Everybody HR knows, of every status. Throws one of the three vendor errors; never gives a part of the list. */
  readEmployees(signal?: AbortSignal): Promise<HrEmployee[]>;
  /** The same with what is to be known about the reading itself. */
  read(signal?: AbortSignal): Promise<HrReading>;
};
