import type { Customer } from '../customers/customers.ts';
import type { ExceptionRow } from '../exceptions/exception-types.core.ts';
import { openBefore, STATE_WORDS, UNREGISTERED, WAITS_FOR_SWITCH } from './phase-life.core.ts';
import type { GateContext, GateSource } from './phase-ports.ts';
import type { Gate, PhasePerson } from './phase-types.core.ts';

/** Who holds something to register a method with at this moment, by account. */
type RouteSource = (customerId: string, at: Date) => Promise<ReadonlySet<string>>;

/**
 * The people of a phase who are not registered for MFA, or of whom that is not known (safety rule S10). Whoever holds a
 * pass that can be used has a way to register and is not among them, as long as it can.
 */
export function createRegistrationGate(routesOf: RouteSource): GateSource {
  return async ({ customer, people, now }) => {
    const routes = await routesOf(customer.id, now);
    const stuck = people.filter(({ accountId }) => !routes.has(accountId.toLowerCase()));
    const missing = stuck.filter(({ enrolment }) => enrolment === 'not');
    const unknown = stuck.filter(({ enrolment }) => enrolment === 'unknown');
    const accountIds = idsOf([...missing, ...unknown]);
    if (accountIds.length === 0) return [];
    const gate = {
      code: UNREGISTERED,
      rule: 'S10',
      message: {
        en: `${missing.length} of ${people.length} people are not registered for MFA; of ${unknown.length} it is not known.`,
        de: `${missing.length} von ${people.length} Personen sind nicht für MFA registriert; von ${unknown.length} ist es nicht bekannt.`,
      },
      clear: {
        en: 'Wait until they register, extend them until a day, give them a Temporary Access Pass, or name them in the approval.',
        de: 'Warten Sie, bis sie registriert sind, verlängern Sie ihre Frist, geben Sie einen befristeten Zugangspass aus oder nennen Sie sie in der Freigabe.',
      },
      accountIds,
    };
    return [gate];
  };
}

/** Exceptions of people of the phase that nobody has signed: without a signature they are not carved out. */
export function createExceptionGate(
  exceptions: (customer: Customer) => Promise<{ exceptions: readonly ExceptionRow[] }>,
): GateSource {
  return async ({ customer, people }) => {
    const table = await exceptions(customer);
    const unsigned = new Set(table.exceptions.filter(({ signed }) => !signed).map(({ accountId }) => accountId));
    const accountIds = idsOf(people.filter(({ accountId }) => unsigned.has(accountId)));
    if (accountIds.length === 0) return [];
    return [
      {
        code: 'unsigned_exceptions',
        rule: 'S13',
        message: {
          en: `${accountIds.length} exceptions of this phase are not signed.`,
          de: `${accountIds.length} Ausnahmen dieser Phase sind nicht unterschrieben.`,
        },
        clear: {
          en: 'Let the approver sign the exception table.',
          de: 'Lassen Sie die Ausnahmenliste unterschreiben.',
        },
        accountIds,
      },
    ];
  };
}

/**
 * The gates about the order of phases. Everyone else comes last: with include-All nobody is left for a phase of his own.
 * While Security Defaults are on (`areDefaultsOn`, by what is stored) the others wait in `ready` for that last step (S14).
 */
export function createOrderGate(areDefaultsOn: (customer: Customer) => Promise<boolean>): GateSource {
  return async ({ customer, rollout, phase }) => {
    const isOn = await areDefaultsOn(customer);
    if (!phase.everyoneElse) return isOn ? [WAITING_GATE] : [];
    const open = openBefore(rollout.phases, isOn);
    if (open.length === 0) return [];
    const names = (language: 'en' | 'de') =>
      open.map((one) => `${one.name} (${STATE_WORDS[one.state][language]})`).join(', ');
    const [en, de] = isOn ? (['ready', 'bereit'] as const) : (['enforced', 'erzwungen'] as const);
    return [
      {
        code: 'phases_before',
        rule: 'S6',
        message: {
          en: `These phases are not ${en} yet: ${names('en')}.`,
          de: `Diese Phasen sind noch nicht ${de}: ${names('de')}.`,
        },
        clear: {
          en: 'Finish them first: this phase takes everybody in. Whoever held or rolled back a phase has to resume it.',
          de: 'Schließen Sie sie zuerst ab: Diese Phase erfasst alle. Wer eine Phase angehalten oder zurückgenommen hat, muss sie fortsetzen.',
        },
        accountIds: [],
      },
    ];
  };
}

const WAITING_GATE: Gate = {
  code: WAITS_FOR_SWITCH,
  rule: 'S14',
  message: {
    en: 'Security Defaults are on; enforcement comes with the last step, for everybody at once.',
    de: 'Die Sicherheitsstandards sind an; erzwungen wird mit dem letzten Schritt, für alle zugleich.',
  },
  clear: {
    en: 'Nothing to do: nobody approves this phase by itself.',
    de: 'Nichts zu tun: Diese Phase gibt niemand einzeln frei.',
  },
  accountIds: [],
};

/** Every closed gate of a phase, in the order of the sources. A source that fails is a closed gate. */
export async function closedGates(sources: readonly GateSource[], context: GateContext): Promise<Gate[]> {
  const found: Gate[] = [];
  for (const source of sources) found.push(...(await source(context)));
  return found;
}

function idsOf(people: readonly PhasePerson[]): string[] {
  return people.map(({ accountId }) => accountId).sort();
}
