import { graphCalls } from './graph/calls.ts';
import { bambooCalls } from './hr/bamboohr/calls.ts';
import { workdayCalls } from './hr/workday/calls.ts';
import { gmailCalls } from './mail/gmail/calls.ts';
import { connectWiseCalls } from './psa/connectwise/calls.ts';

/** One call to another system as docs/permissions.md shows it. */
export type DocumentedCall = {
  vendor: string;
  area: string;
  method: string;
  path: string;
  version: string;
  /** What the customer must grant; empty where the call needs no right of its own. */
  permissions: readonly string[];
  limit: string;
};

/** Every call this product makes to another system, vendor by vendor. */
export function documentedCalls(): DocumentedCall[] {
  return [
    ...Object.values(graphCalls).map((call) => ({ vendor: 'Microsoft Graph', ...call })),
    ...Object.values(bambooCalls).map((call) => ({ vendor: 'BambooHR', ...call })),
    ...Object.values(workdayCalls).map((call) => ({ vendor: 'Workday', ...call })),
    ...Object.values(gmailCalls).map((call) => ({ vendor: 'Gmail', ...call })),
    ...connectWiseCalls().map((call) => ({ vendor: 'ConnectWise PSA', ...call })),
  ];
}
