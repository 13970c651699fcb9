import { VendorRefusedError } from '../../lib/errors.ts';

/** The tenant lacks the Entra ID licence that a call needs; `needs` names it. */
export type NotLicensed = { kind: 'notLicensed'; needs: 'P1' | 'P2' };

const CODES = ['Authentication_RequestFromNonPremiumTenantOrB2CTenant', 'AadPremiumLicenseRequired'];

/** Runs a read and turns Graph's refusal for lack of a licence, and that alone, into a value. */
export async function orNotLicensed<T>(needs: NotLicensed['needs'], read: () => Promise<T>): Promise<T | NotLicensed> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof VendorRefusedError && CODES.includes(error.call.vendorCode ?? ''))
      return { kind: 'notLicensed', needs };
    throw error;
  }
}
