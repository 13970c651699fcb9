/**
 * What to do about a client that cannot answer MFA, by its protocol, as data: a new protocol is a new row. The
 * protocols are Graph's display texts of `clientAppUsed`, compared without case.
 */
import type { Sentence } from '../phases/phase-types.core.ts';
import { BACKGROUND, DEVICE_CODE, FOREGROUND, REFUSED, ROPC } from './log-entry.core.ts';

/** A day that others set, after which the client stops whatever this rollout does. */
export type OutsideDate = { on: string; what: Sentence; source: string };

type Remedy = { protocols: readonly string[]; remedy: Sentence; outside: OutsideDate | null };

/** Existing tenants: off by default, an administrator may switch it on again; the final end is not announced yet. */
const SMTP_AUTH_END: OutsideDate = {
  on: '2026-12-31',
  what: {
    en: 'Microsoft switches basic authentication for SMTP AUTH off by default at the end of December 2026.',
    de: 'Microsoft schaltet die Standardauthentifizierung für SMTP AUTH Ende Dezember 2026 standardmäßig ab.',
  },
  source: 'Exchange team, update of January 2026 on SMTP AUTH basic authentication (error 550 5.7.30 afterwards)',
};

const REMEDIES: readonly Remedy[] = [
  {
    protocols: ['Authenticated SMTP', 'SMTP'],
    remedy: {
      en: 'Let the device or program send with OAuth, through a relay connector of the office’s address, or with High Volume Email; then take its password away.',
      de: 'Das Gerät oder Programm mit OAuth, über einen Relay-Connector der Büroadresse oder mit High Volume Email senden lassen; dann sein Kennwort entziehen.',
    },
    outside: SMTP_AUTH_END,
  },
  {
    protocols: ['IMAP4', 'POP3'],
    remedy: {
      en: 'Switch the mail program to OAuth, or to Outlook. A program that fetches mail by itself reads it through Graph with an application of its own.',
      de: 'Das Mailprogramm auf OAuth oder auf Outlook umstellen. Ein Programm, das selbst Mails abholt, liest sie über Graph mit einer eigenen Anwendung.',
    },
    outside: null,
  },
  {
    protocols: ['Exchange ActiveSync'],
    remedy: {
      en: 'Remove the account from the phone’s old mail app and add it again in Outlook, or in a mail app that signs in with a browser window.',
      de: 'Das Konto aus der alten Mail-App des Telefons entfernen und in Outlook neu einrichten, oder in einer Mail-App, die sich mit Browserfenster anmeldet.',
    },
    outside: null,
  },
  {
    protocols: [ROPC],
    remedy: {
      en: 'The program sends a stored password. Give it an application identity (certificate or managed identity), or a sign-in window; until then a signed exception for its account.',
      de: 'Das Programm sendet ein gespeichertes Kennwort. Ihm eine Anwendungsidentität (Zertifikat oder verwaltete Identität) oder ein Anmeldefenster geben; bis dahin eine unterschriebene Ausnahme für sein Konto.',
    },
    outside: null,
  },
  {
    protocols: [DEVICE_CODE],
    remedy: {
      en: 'Sign the device in again with a code that is entered in a browser with MFA; a shared device belongs on a resource account with a signed exception.',
      de: 'Das Gerät mit einem Code neu anmelden, der in einem Browser mit MFA eingegeben wird; ein gemeinsam benutztes Gerät gehört auf ein Ressourcenkonto mit unterschriebener Ausnahme.',
    },
    outside: null,
  },
  {
    protocols: [BACKGROUND, FOREGROUND, REFUSED],
    remedy: {
      en: 'Sign in to the app once in its own window, with MFA. When it fails again, update it or replace its stored password by an application identity.',
      de: 'Einmal im eigenen Fenster der App mit MFA anmelden. Scheitert sie wieder, sie aktualisieren oder ihr gespeichertes Kennwort durch eine Anwendungsidentität ersetzen.',
    },
    outside: null,
  },
  {
    protocols: [
      'AutoDiscover',
      'Exchange Web Services',
      'MAPI Over HTTP',
      'Offline Address Book',
      'Outlook Anywhere (RPC over HTTP)',
      'Outlook Service',
    ],
    remedy: {
      en: 'Update Office or the add-in to a version with modern authentication; a program that uses Exchange Web Services moves to Graph.',
      de: 'Office oder das Add-in auf eine Version mit moderner Authentifizierung bringen; ein Programm, das Exchange Web Services benutzt, auf Graph umstellen.',
    },
    outside: null,
  },
  {
    protocols: ['Exchange Online PowerShell', 'Reporting Web Services'],
    remedy: {
      en: 'Use the present Exchange Online module with a certificate; reports are read through Graph.',
      de: 'Das aktuelle Exchange-Online-Modul mit Zertifikat benutzen; Berichte über Graph lesen.',
    },
    outside: null,
  },
];

/** For older protocols that Microsoft adds a name for, "Other clients" among them. */
const UNNAMED: Pick<Remedy, 'remedy' | 'outside'> = {
  remedy: {
    en: 'Find the device or program by its address in the sign-in log, and move it to modern authentication or an application identity.',
    de: 'Das Gerät oder Programm über seine Adresse im Anmeldeprotokoll finden und auf moderne Authentifizierung oder eine Anwendungsidentität umstellen.',
  },
  outside: null,
};

const BY_PROTOCOL: ReadonlyMap<string, Remedy> = new Map(
  REMEDIES.flatMap((remedy) => remedy.protocols.map((protocol) => [protocol.toLowerCase(), remedy])),
);

/** The remedy that fits a protocol, and the day that others set for it. Every protocol has one. */
export function remedyFor(protocol: string): Pick<Remedy, 'remedy' | 'outside'> {
  const { remedy, outside } = BY_PROTOCOL.get(protocol.toLowerCase()) ?? UNNAMED;
  return { remedy, outside };
}
