/**
 * What the first reply and the note for the technician say. The reply goes to the customer, so it holds the asker's own
 * standing and nobody else's; what is not known is told as not known.
 */
import type { Phase, PhasePerson, Rollout, Sentence } from '../phases/phase-types.core.ts';
import type { HandOverRoute } from './mfa-tickets.core.ts';
import { plainName } from './plain-text.core.ts';

type Language = keyof Sentence;
type Line = Sentence;

/** What is known of the asker; `person` null: nobody of the master list has his address. */
export type ReplyFacts = {
  person: PhasePerson | null;
  rollout: Rollout | null;
  guideUrl: string;
  route: HandOverRoute;
  language: Language;
};

/**
 * The one person of the master list with this address, as sign-in name or mailbox. Null where nobody has it, and where
 * several do: then it is not certain whose standing would be told.
 */
export function askerOf(address: string, people: readonly PhasePerson[]): PhasePerson | null {
  const wanted = address.trim().toLowerCase();
  const has = ({ userPrincipalName, mail }: PhasePerson) =>
    [userPrincipalName, mail].some((own) => own !== null && own.trim().toLowerCase() === wanted);
  const [found, ...others] = wanted === '' ? [] : people.filter(has);
  return others.length === 0 ? (found ?? null) : null;
}

/** The reply that the customer sees. */
export function replyText(facts: ReplyFacts): string {
  const { person, guideUrl, language, route } = facts;
  const lines: Line[] = [
    {
      en: 'Thank you for your message about signing in with MFA.',
      de: 'Danke für Ihre Nachricht zur Anmeldung mit MFA.',
    },
    { en: `The guide shows each step: ${guideUrl}`, de: `Die Anleitung zeigt jeden Schritt: ${guideUrl}` },
    ...(person === null ? [UNKNOWN_ASKER] : standing(person, facts)),
    ROUTE_REPLY[route],
  ];
  return lines.map((line) => line[language]).join('\n');
}

const UNKNOWN_ASKER: Line = {
  en: 'We could not match your address to an account, so your own status is not shown here; a technician will look.',
  de: 'Ihre Adresse ließ sich keinem Konto zuordnen, deshalb steht Ihr eigener Stand nicht hier; ein Techniker sieht nach.',
};

function standing(person: PhasePerson, { rollout }: ReplyFacts): Line[] {
  const phase = phaseOf(person, rollout);
  return [phaseLine(phase), methodsLine(person), enrolmentLine(person), toDoLine(person, phase)];
}

function phaseOf(person: PhasePerson, rollout: Rollout | null): Phase | null {
  const name = person.phase.trim().toLowerCase();
  return rollout?.phases.find((phase) => phase.name.trim().toLowerCase() === name) ?? null;
}

function phaseLine(phase: Phase | null): Line {
  if (phase === null) {
    return { en: 'Your phase and your date are not set yet.', de: 'Ihre Phase und Ihr Termin stehen noch nicht fest.' };
  }
  const name = plainName(phase.name, '?');
  const day = phase.enforceOn;
  if (phase.state === 'enforced') {
    return {
      en: `Your phase: ${name}. MFA is required since ${day}.`,
      de: `Ihre Phase: ${name}. MFA ist seit ${dayDe(day)} Pflicht.`,
    };
  }
  return {
    en: `Your phase: ${name}. MFA is planned to be required from ${day}.`,
    de: `Ihre Phase: ${name}. MFA ist voraussichtlich ab ${dayDe(day)} Pflicht.`,
  };
}

function dayDe(day: string): string {
  return day.split('-').reverse().join('.');
}

const METHOD_NAMES: Readonly<Record<string, Line>> = {
  microsoftAuthenticatorPush: same('Microsoft Authenticator'),
  microsoftAuthenticatorPasswordless: same('Microsoft Authenticator'),
  microsoftAuthenticator: same('Microsoft Authenticator'),
  softwareOneTimePasscode: { en: 'authenticator app', de: 'Authenticator-App' },
  softwareOath: { en: 'authenticator app', de: 'Authenticator-App' },
  hardwareOneTimePasscode: { en: 'hardware token', de: 'Hardware-Token' },
  hardwareOath: { en: 'hardware token', de: 'Hardware-Token' },
  mobilePhone: { en: 'phone number', de: 'Telefonnummer' },
  alternateMobilePhone: { en: 'phone number', de: 'Telefonnummer' },
  officePhone: { en: 'phone number', de: 'Telefonnummer' },
  phone: { en: 'phone number', de: 'Telefonnummer' },
  windowsHelloForBusiness: same('Windows Hello'),
  fido2: { en: 'passkey or security key', de: 'Passkey oder Sicherheitsschlüssel' },
  passKeyDeviceBound: same('Passkey'),
  passKeyDeviceBoundAuthenticator: same('Passkey'),
  passkey: same('Passkey'),
  windowsHello: same('Windows Hello'),
  email: { en: 'e-mail address (not for MFA)', de: 'E-Mail-Adresse (nicht für MFA)' },
};

function same(name: string): Line {
  return { en: name, de: name };
}

const OTHER_METHOD: Line = { en: 'another method', de: 'eine andere Methode' };

function methodsLine({ methods, enrolment }: PhasePerson): Line {
  const names = (language: Language) => {
    const all = methods.map((method) => (METHOD_NAMES[method] ?? OTHER_METHOD)[language]);
    return [...new Set(all)].join(', ');
  };
  if (methods.length > 0) {
    return { en: `Registered methods: ${names('en')}.`, de: `Registrierte Methoden: ${names('de')}.` };
  }
  if (enrolment === 'not') return { en: 'Registered methods: none.', de: 'Registrierte Methoden: keine.' };
  return {
    en: 'Which methods you have registered is not known to us at the moment.',
    de: 'Welche Methoden Sie registriert haben, ist uns gerade nicht bekannt.',
  };
}

function enrolmentLine({ enrolment }: PhasePerson): Line {
  switch (enrolment) {
    case 'capable':
      return { en: 'You are ready for MFA.', de: 'Sie sind für MFA bereit.' };
    case 'not':
      return { en: 'You are not ready for MFA yet.', de: 'Sie sind noch nicht für MFA bereit.' };
    case 'unknown':
      return {
        en: 'Whether you are ready for MFA cannot be told at the moment.',
        de: 'Ob Sie für MFA bereit sind, lässt sich gerade nicht sagen.',
      };
  }
}

function toDoLine({ enrolment, exempt }: PhasePerson, phase: Phase | null): Line {
  if (exempt !== null) {
    return {
      en: 'What to do: nothing for now; your account is an agreed exception.',
      de: 'Zu tun: vorerst nichts; für Ihr Konto gilt eine vereinbarte Ausnahme.',
    };
  }
  if (enrolment === 'capable') {
    return { en: 'What to do: nothing more.', de: 'Zu tun: nichts weiter.' };
  }
  if (phase === null || phase.state === 'enforced') {
    return {
      en: 'What to do: register a method with the guide.',
      de: 'Zu tun: eine Methode nach der Anleitung registrieren.',
    };
  }
  return {
    en: `What to do: register a method with the guide before ${phase.enforceOn}.`,
    de: `Zu tun: vor dem ${dayDe(phase.enforceOn)} eine Methode nach der Anleitung registrieren.`,
  };
}

const ROUTE_REPLY: Readonly<Record<HandOverRoute, Line>> = {
  noPhone: {
    en: 'You do not need a phone: a technician will offer you another method, such as a security key.',
    de: 'Sie brauchen kein Telefon: Ein Techniker bietet Ihnen eine andere Methode an, etwa einen Sicherheitsschlüssel.',
  },
  ownPhoneRefused: {
    en: 'You need not use your own phone: a technician will offer you another method, such as a security key.',
    de: 'Sie müssen Ihr eigenes Telefon nicht benutzen: Ein Techniker bietet Ihnen eine andere Methode an, etwa einen Sicherheitsschlüssel.',
  },
  travelling: {
    en: 'Register a method before you leave if you can; a technician will look at your journey.',
    de: 'Registrieren Sie möglichst vor der Abreise eine Methode; ein Techniker sieht sich Ihre Reise an.',
  },
  lockedOut: {
    en: 'A technician will call you on a number that is on file and help you in. Nobody will ask you for your password.',
    de: 'Ein Techniker ruft Sie unter einer hinterlegten Nummer an und hilft Ihnen hinein. Niemand fragt nach Ihrem Passwort.',
  },
  general: {
    en: 'If that does not help, answer here; a technician will go on with it.',
    de: 'Hilft das nicht, antworten Sie hier; ein Techniker macht dann weiter.',
  },
};

const ROUTE_STEPS: Readonly<Record<HandOverRoute, Line>> = {
  noPhone: {
    en: 'Route: no phone. Offer a security key or a hardware token; order one if none is in stock, and tell the engineer if it comes after the date.',
    de: 'Weg: kein Telefon. Sicherheitsschlüssel oder Hardware-Token anbieten; falls keiner vorrätig ist, bestellen, und dem Engineer sagen, wenn er nach dem Termin kommt.',
  },
  ownPhoneRefused: {
    en: 'Route: refuses own phone. Do not press. Offer a security key, a hardware token or Windows Hello on the work device.',
    de: 'Weg: lehnt eigenes Telefon ab. Nicht drängen. Sicherheitsschlüssel, Hardware-Token oder Windows Hello am Arbeitsgerät anbieten.',
  },
  travelling: {
    en: 'Route: travelling. Ask for dates and country; have a method that works offline registered before leaving; check places that are blocked.',
    de: 'Weg: auf Reisen. Daten und Land erfragen; vor der Abreise eine Methode registrieren lassen, die ohne Netz geht; gesperrte Orte prüfen.',
  },
  lockedOut: {
    en: 'Route: locked out. Prove identity on a number that is on file, never on one from this ticket; only then issue a one-time Temporary Access Pass.',
    de: 'Weg: ausgesperrt. Identität über eine hinterlegte Nummer prüfen, nie über eine aus diesem Ticket; erst dann einen einmaligen befristeten Zugriffspass ausstellen.',
  },
  general: {
    en: 'Route: general question. Answer it if the guide did not.',
    de: 'Weg: allgemeine Frage. Beantworten, falls die Anleitung es nicht getan hat.',
  },
};

/** The note that only technicians see: what the product knows of the asker, and the way to take. */
export function handOverText(facts: ReplyFacts): string {
  const { person, language, route } = facts;
  const lines: Line[] = [
    { en: 'MFA rollout: first reply sent. What is known:', de: 'MFA-Einführung: Erste Antwort gesendet. Bekannt ist:' },
    ...(person === null ? [NO_MATCH] : known(person, facts)),
    ROUTE_STEPS[route],
  ];
  return lines.map((line) => line[language]).join('\n');
}

const NO_MATCH: Line = {
  en: 'The sender’s address belongs to nobody, or to several, on the master list. Find out who it is before you help.',
  de: 'Die Adresse des Absenders gehört niemandem oder mehreren auf der Personenliste. Erst klären, wer es ist, dann helfen.',
};

function known(person: PhasePerson, { rollout }: ReplyFacts): Line[] {
  const phase = phaseOf(person, rollout);
  const name = plainName(person.displayName, person.accountId);
  const account = `${plainName(person.userPrincipalName, '?')}, ${person.accountId}`;
  const why = plainName(person.enrolmentWhy, '?');
  const exempt = person.exempt === null ? null : plainName(person.exempt, '?');
  const stand = phase === null ? '-' : `${plainName(phase.name, '?')}, ${phase.state}, ${phase.enforceOn}`;
  return [
    { en: `Person: ${name} (${account}).`, de: `Person: ${name} (${account}).` },
    { en: `Phase: ${stand}.`, de: `Phase: ${stand}.` },
    { en: `MFA: ${person.enrolment} (${why}).`, de: `MFA: ${person.enrolment} (${why}).` },
    methodsLine(person),
    { en: `Exception: ${exempt ?? 'none'}.`, de: `Ausnahme: ${exempt ?? 'keine'}.` },
  ];
}
