/**
 * Facts that the product keeps in English because a digest is bound to them (evidence, reasons, findings), said in German to
 * whoever reads German. A flat table: `{}` stands for what differs, `{1}` for the first of these. What is not in it stays
 * as it is, since texts of vendors and people have to.
 */
import { GATE_TEXTS } from '../takeover/takeover-texts.core.ts';

const TABLE: readonly (readonly [english: string, german: string])[] = [
  // Who can answer MFA, and how that is known.
  ['the registration report shows a usable MFA method', 'der Registrierungsbericht zeigt eine brauchbare MFA-Methode'],
  ['the registration report shows no MFA method', 'der Registrierungsbericht zeigt keine MFA-Methode'],
  [
    'a method is registered, but the authentication-methods policy does not allow it',
    'eine Methode ist registriert, aber die Richtlinie für Authentifizierungsmethoden erlaubt sie nicht',
  ],
  ['the registration report has a row without an answer', 'der Registrierungsbericht hat eine Zeile ohne Antwort'],
  [
    'the account is disabled: the registration report leaves such accounts out',
    'das Konto ist gesperrt: Solche Konten lässt der Registrierungsbericht aus',
  ],
  ['the account is not in the registration report yet', 'das Konto steht noch nicht im Registrierungsbericht'],
  [
    'the registration report needs an Entra ID P1 licence that the tenant does not have',
    'der Registrierungsbericht braucht eine Lizenz Entra ID P1, die der Mandant nicht hat',
  ],
  ['the registration report could not be read', 'der Registrierungsbericht konnte nicht gelesen werden'],
  [
    "the account's own list of methods shows an MFA method",
    'die eigene Methodenliste des Kontos zeigt eine MFA-Methode',
  ],
  [
    "the account's own list of methods shows no MFA method",
    'die eigene Methodenliste des Kontos zeigt keine MFA-Methode',
  ],
  [
    "the account's own list of methods shows only methods that this product does not know",
    'die eigene Methodenliste des Kontos zeigt nur Methoden, die dieses Produkt nicht kennt',
  ],
  ['the registration of the account was not read', 'die Registrierung des Kontos wurde nicht gelesen'],
  ['the account was not looked at: HR was not read', 'das Konto wurde nicht betrachtet: HR wurde nicht gelesen'],
  ['the account was not read', 'das Konto wurde nicht gelesen'],
  ['not on the master list', 'nicht auf der Personalliste'],
  ['in no group of the draft', 'in keiner Gruppe des Entwurfs'],
  ['the draft excludes the account', 'der Entwurf nimmt das Konto aus'],
  // Who may decide.
  [
    'Only somebody with the role {} decides this. Your engineer can grant it.',
    'Das entscheidet nur jemand mit der Rolle {1}. Ihr Techniker kann sie vergeben.',
  ],
  [
    'Only somebody with the role {} sees this. Your engineer can grant it.',
    'Das sieht nur jemand mit der Rolle {1}. Ihr Techniker kann sie vergeben.',
  ],
  [
    'Only somebody with the role helpdesk takes a question. Your engineer can grant it.',
    'Eine Frage übernimmt nur jemand mit der Rolle Helpdesk. Ihr Techniker kann sie vergeben.',
  ],
  [
    'You can answer for people of your own team alone; the master list names another manager now.',
    'Sie können nur für Personen Ihres eigenen Teams antworten; die Personalliste nennt jetzt eine andere Führungskraft.',
  ],
  [
    'Nobody has given you access here. Ask the engineer of your service provider to grant you a role.',
    'Niemand hat Ihnen hier Zugang gegeben. Bitten Sie den Techniker Ihres Dienstleisters um eine Rolle.',
  ],
  // Exceptions: evidence.
  [
    'declared by the customer as a break-glass account (customer file)',
    'vom Kunden als Notfallkonto erklärt (Kundendatei)',
  ],
  ['declared by the customer as a service account (customer file)', 'vom Kunden als Dienstkonto erklärt (Kundendatei)'],
  ['declared by the customer', 'vom Kunden erklärt'],
  ['sign-in enabled: yes (Entra account)', 'Anmeldung erlaubt: ja (Entra-Konto)'],
  ['sign-in enabled: no (Entra account)', 'Anmeldung erlaubt: nein (Entra-Konto)'],
  ['sign-in enabled: unknown (Entra account)', 'Anmeldung erlaubt: nicht bekannt (Entra-Konto)'],
  [
    'cloud-only: yes (Entra account, onPremisesSyncEnabled)',
    'nur in der Cloud: ja (Entra-Konto, onPremisesSyncEnabled)',
  ],
  [
    'cloud-only: no (Entra account, onPremisesSyncEnabled)',
    'nur in der Cloud: nein (Entra-Konto, onPremisesSyncEnabled)',
  ],
  [
    "sign-in name on the tenant's onmicrosoft.com domain: yes (Entra account)",
    'Anmeldename in der onmicrosoft.com-Domäne des Mandanten: ja (Entra-Konto)',
  ],
  [
    "sign-in name on the tenant's onmicrosoft.com domain: no (Entra account)",
    'Anmeldename in der onmicrosoft.com-Domäne des Mandanten: nein (Entra-Konto)',
  ],
  [
    'permanent active Global Administrator: yes (role assignments)',
    'dauerhaft aktiver globaler Administrator: ja (Rollenzuweisungen)',
  ],
  [
    'permanent active Global Administrator: no (role assignments)',
    'dauerhaft aktiver globaler Administrator: nein (Rollenzuweisungen)',
  ],
  [
    'permanent active Global Administrator: unknown (role assignments)',
    'dauerhaft aktiver globaler Administrator: nicht bekannt (Rollenzuweisungen)',
  ],
  [
    'passkey or certificate registered: yes (registered methods)',
    'Passkey oder Zertifikat registriert: ja (registrierte Methoden)',
  ],
  [
    'passkey or certificate registered: no (registered methods)',
    'Passkey oder Zertifikat registriert: nein (registrierte Methoden)',
  ],
  [
    'passkey or certificate registered: unknown (registered methods)',
    'Passkey oder Zertifikat registriert: nicht bekannt (registrierte Methoden)',
  ],
  [
    'holds the role Directory Synchronization Accounts (role assignments)',
    'hat die Rolle Verzeichnissynchronisierungskonten (Rollenzuweisungen)',
  ],
  ['holds the directory synchronisation role', 'hat die Rolle der Verzeichnissynchronisierung'],
  [
    'synchronisation runs through an application as well: this account may be unnecessary (applications)',
    'die Synchronisierung läuft auch über eine Anwendung: Dieses Konto ist vielleicht unnötig (Anwendungen)',
  ],
  ['mailbox purpose shared (Exchange mailbox settings)', 'Postfachzweck freigegeben (Exchange-Einstellungen)'],
  ['mailbox purpose shared in Exchange', 'Postfachzweck freigegeben in Exchange'],
  ['mailbox purpose room in Exchange', 'Postfachzweck Raum in Exchange'],
  ['mailbox purpose equipment in Exchange', 'Postfachzweck Gerät in Exchange'],
  ['bulk-enrolment account (package_…)', 'Konto für Massenregistrierung (package_…)'],
  ['sign-in is blocked already (Entra account)', 'die Anmeldung ist schon gesperrt (Entra-Konto)'],
  [
    'somebody or something signs in to it directly: blocking stops that (sign-in logs)',
    'jemand oder etwas meldet sich direkt daran an: Sperren beendet das (Anmeldeprotokolle)',
  ],
  [
    'signs in by {}, and never interactively, but too rarely to be sure (sign-in logs)',
    'meldet sich über {1} an und nie interaktiv, aber zu selten, um sicher zu sein (Anmeldeprotokolle)',
  ],
  [
    'signs in by {} beside interactive sign-ins (sign-in logs)',
    'meldet sich über {1} an, neben interaktiven Anmeldungen (Anmeldeprotokolle)',
  ],
  [
    'signs in by {} and in the background (sign-in logs)',
    'meldet sich über {1} und im Hintergrund an (Anmeldeprotokolle)',
  ],
  ['signs in in the background (sign-in logs)', 'meldet sich im Hintergrund an (Anmeldeprotokolle)'],
  ['signs in by {} (sign-in logs)', 'meldet sich über {1} an (Anmeldeprotokolle)'],
  ['on leave (HR status)', 'abwesend (HR-Status)'],
  ['no return date (HR)', 'kein Rückkehrtag (HR)'],
  ['returns on {} (HR)', 'kehrt am {1} zurück (HR)'],
  [
    'the return date has passed while HR still says on leave (HR)',
    'der Rückkehrtag ist vorbei, und HR sagt noch abwesend (HR)',
  ],
  // Exceptions: reasons, controls, owners.
  [
    'the way back in when MFA or the policy itself fails',
    'der Weg zurück, wenn MFA oder die Richtlinie selbst versagt',
  ],
  [
    'passkey or certificate kept under lock, alert at every sign-in, regular drill',
    'Passkey oder Zertifikat unter Verschluss, Alarm bei jeder Anmeldung, regelmäßige Übung',
  ],
  [
    'synchronises the directory without a person present and cannot answer MFA',
    'synchronisiert das Verzeichnis ohne eine Person und kann MFA nicht leisten',
  ],
  [
    'role limited to synchronisation, sign-in only from the synchronisation server, alert on other use',
    'Rolle auf die Synchronisierung beschränkt, Anmeldung nur vom Synchronisierungsserver, Alarm bei anderer Nutzung',
  ],
  [
    'a program signs in with this account and cannot answer MFA',
    'ein Programm meldet sich mit diesem Konto an und kann MFA nicht leisten',
  ],
  [
    'long random password, sign-in limited to known addresses, replacement by a workload identity',
    'langes Zufallskennwort, Anmeldung nur von bekannten Adressen, Ersatz durch eine Workload-Identität',
  ],
  [
    'a mailbox that several people open with their own accounts; nobody needs to sign in to it',
    'ein Postfach, das mehrere mit eigenen Konten öffnen; niemand muss sich daran anmelden',
  ],
  [
    'block sign-in: the members keep their access; an exclusion only if something must sign in',
    'Anmeldung sperren: Die Mitglieder behalten ihren Zugriff; ausnehmen nur, wenn sich etwas anmelden muss',
  ],
  [
    'absent, and cannot register a method before the return',
    'abwesend und kann vor der Rückkehr keine Methode registrieren',
  ],
  [
    'no sign-in is expected during the absence; the deadline follows the return',
    'während der Abwesenheit wird keine Anmeldung erwartet; die Frist folgt der Rückkehr',
  ],
  ['needs more time to register a method', 'braucht mehr Zeit, eine Methode zu registrieren'],
  ['MFA is switched off for this one person', 'MFA ist für diese eine Person ausgeschaltet'],
  ["the person's manager (HR)", 'die Führungskraft der Person (HR)'],
  ["the account's manager (Entra)", 'die Führungskraft des Kontos (Entra)'],
  [
    'nobody is known to answer for it: the signer names an owner',
    'niemand ist bekannt, der dafür einsteht: Wer unterschreibt, nennt jemanden',
  ],
  [
    "the customer's approver, since nobody else is known to answer for it",
    'die Freigabe des Kunden, da niemand sonst bekannt ist, der dafür einsteht',
  ],
  // Accounts without HR.
  [
    'no HR row, mailbox, role, sign-in or declaration says what it is',
    'keine HR-Zeile, kein Postfach, keine Rolle, Anmeldung oder Erklärung sagt, was es ist',
  ],
  ['user type Guest in Entra', 'Benutzertyp Gast in Entra'],
  ['made for somebody whose first day is to come', 'angelegt für jemanden, dessen erster Tag noch kommt'],
  ['bears the employee id of somebody who left', 'trägt die Personalnummer von jemandem, der ausgeschieden ist'],
  ['carries the work e-mail of somebody who left', 'trägt die Dienstadresse von jemandem, der ausgeschieden ist'],
  [
    'bears the employee id of somebody whose first day is to come',
    'trägt die Personalnummer von jemandem, dessen erster Tag noch kommt',
  ],
  [
    'bears the employee id of an employee who has another account',
    'trägt die Personalnummer von jemandem, der ein anderes Konto hat',
  ],
  [
    'bears the employee id of an employee who has another account, and not his name',
    'trägt die Personalnummer von jemandem, der ein anderes Konto hat, und nicht seinen Namen',
  ],
  [
    'carries the work e-mail of an employee who has another account',
    'trägt die Dienstadresse von jemandem, der ein anderes Konto hat',
  ],
  ['named after an employee who has another account', 'benannt nach jemandem, der ein anderes Konto hat'],
  [
    'bears the employee id of an employee for whom no account could be settled',
    'trägt die Personalnummer von jemandem, für den sich kein Konto bestimmen ließ',
  ],
  ['the employee id stands at more than one person in HR', 'die Personalnummer steht in HR bei mehreren Personen'],
  ['the work e-mail stands at more than one person in HR', 'die Dienstadresse steht in HR bei mehreren Personen'],
  [
    'several accounts bear this employee id and nothing decides between them',
    'mehrere Konten tragen diese Personalnummer, und nichts entscheidet zwischen ihnen',
  ],
  [
    "conflict: HR's work e-mail stands at an account that is another employee's",
    'Widerspruch: Die Dienstadresse aus HR steht bei einem Konto, das jemand anderem gehört',
  ],
  ["a guest account carries HR's work e-mail", 'ein Gastkonto trägt die Dienstadresse aus HR'],
  [
    "conflict: the account carries HR's work e-mail and another person's employee id",
    'Widerspruch: Das Konto trägt die Dienstadresse aus HR und die Personalnummer einer anderen Person',
  ],
  [
    "the account carries HR's work e-mail, but an employee id unknown to HR and another surname",
    'das Konto trägt die Dienstadresse aus HR, aber eine dort unbekannte Personalnummer und einen anderen Nachnamen',
  ],
  [
    "the account carries HR's work e-mail, which a leaver had before, and bears the leaver's name",
    'das Konto trägt die Dienstadresse aus HR, die vorher jemand Ausgeschiedenes hatte, und dessen Namen',
  ],
  ["several accounts carry HR's work e-mail", 'mehrere Konten tragen die Dienstadresse aus HR'],
  ['the addresses agree but for the +tag', 'die Adressen stimmen bis auf das +Kürzel überein'],
  // What stands against a draft.
  [
    '{}, so that the effect of the draft is not known in full.',
    '{1}, sodass die Wirkung des Entwurfs nicht ganz bekannt ist.',
  ],
  [
    'Security Defaults are on: Graph takes the draft, and refuses to enable any policy until they are off.',
    'Die Sicherheitsstandards sind an: Graph nimmt den Entwurf und weigert sich, eine Richtlinie einzuschalten, bis sie aus sind.',
  ],
  [
    'Nothing to do now: the switch is a step of the rollout, first or last as its procedure says.',
    'Jetzt ist nichts zu tun: Der Wechsel ist ein Schritt des Rollouts, der erste oder der letzte, wie das Verfahren sagt.',
  ],
  [
    '{} exceptions are not signed and therefore not carved out.',
    '{1} Ausnahmen sind nicht unterschrieben und darum nicht ausgenommen.',
  ],
  [
    'Let the customer sign the exception table; the draft is then drawn anew.',
    'Lassen Sie den Kunden die Ausnahmenliste unterschreiben; der Entwurf wird danach neu gezeichnet.',
  ],
  [
    '{} members of the excluded groups stand in no signed exception and would be left out.',
    '{1} Mitglieder der ausgenommenen Gruppen stehen in keiner unterschriebenen Ausnahme und wären ausgenommen.',
  ],
  [
    'Take them out of the group, or make them exceptions that the customer signs.',
    'Nehmen Sie sie aus der Gruppe, oder machen Sie sie zu Ausnahmen, die der Kunde unterschreibt.',
  ],
  [
    '{} accounts left out by the draft are asked for MFA, or may be, by other policies.',
    '{1} Konten, die der Entwurf ausnimmt, werden von anderen Richtlinien zu MFA aufgefordert oder könnten es werden.',
  ],
  [
    'Nothing to do for the draft: it neither helps nor hinders them.',
    'Für den Entwurf ist nichts zu tun: Er hilft ihnen nicht und hindert sie nicht.',
  ],
  ['Not read, so exceptions may be missing: {}.', 'Nicht gelesen, darum können Ausnahmen fehlen: {1}.'],
  [
    'Run "mfa-rollout sync" and look at what it says about {}.',
    'Rufen Sie „mfa-rollout sync“ auf, und sehen Sie nach, was dabei fehlt.',
  ],
  ['The licences of the tenant were not read.', 'Die Lizenzen des Mandanten wurden nicht gelesen.'],
  [
    'The tenant has no Entra ID P1, without which there is no Conditional Access.',
    'Der Mandant hat kein Entra ID P1, ohne das es keinen bedingten Zugriff gibt.',
  ],
  [
    '{} accounts are in scope and {} are licensed for Entra ID P1: {} short.',
    '{1} Konten sind betroffen, und {2} sind für Entra ID P1 lizenziert: {3} fehlen.',
  ],
  [
    '{} people would be asked for MFA and are not known to be able to answer.',
    '{1} Personen würden zu MFA aufgefordert, und es ist nicht bekannt, ob sie sie leisten können.',
  ],
  [
    'Let them register first; the list says why of each.',
    'Lassen Sie sie zuerst eine Methode registrieren; die Liste sagt bei jeder Person, warum.',
  ],
  [
    'No enabled account is in a group of ENFORCE, so that enforcing it would change nothing.',
    'Kein aktives Konto ist in einer Gruppe von ENFORCE, sodass Erzwingen nichts ändern würde.',
  ],
  ['Check that the master list has people.', 'Prüfen Sie, ob auf der Personalliste jemand steht.'],
  [
    '{} Global Administrators are known to get in once the draft is enforced; at least {} have to.',
    'Von {1} globalen Administratoren ist bekannt, dass sie nach dem Erzwingen hineinkommen; es müssen mindestens {2} sein.',
  ],
  ['Let the administrators register a method.', 'Lassen Sie die Administratoren eine Methode registrieren.'],
  [
    '{} Global Administrators are in no phase, so that the draft does not protect them before its last phase.',
    '{1} globale Administratoren sind in keiner Phase, sodass der Entwurf sie vor seiner letzten Phase nicht schützt.',
  ],
  [
    'Protect administrators first: put the accounts into the direct group.',
    'Schützen Sie Administratoren zuerst: Nehmen Sie die Konten in die direkte Gruppe auf.',
  ],
  [
    '{} of at least {} break-glass accounts are declared and exist in the directory.',
    '{1} von mindestens {2} Notfallkonten sind erklärt und im Verzeichnis vorhanden.',
  ],
  [
    'Declare two emergency accounts under declared.breakGlass in the customer file and sync.',
    'Erklären Sie zwei Notfallkonten unter declared.breakGlass in der Kundendatei, und lesen Sie neu ein.',
  ],
  [
    '{} declared break-glass accounts do not exist in the directory.',
    '{1} erklärte Notfallkonten gibt es im Verzeichnis nicht.',
  ],
  [
    'Correct the ids under declared.breakGlass in the customer file.',
    'Berichtigen Sie die Ids unter declared.breakGlass in der Kundendatei.',
  ],
  [
    '{} break-glass accounts may be blocked, or asked for MFA that they are not known to be able to answer, by other enabled policies.',
    '{1} Notfallkonten könnten durch andere eingeschaltete Richtlinien gesperrt oder zu MFA aufgefordert werden, von der nicht bekannt ist, ob sie sie leisten können.',
  ],
  [
    'Exclude the accounts from those policies, or register a passkey for each.',
    'Nehmen Sie die Konten aus diesen Richtlinien aus, oder registrieren Sie für jedes einen Passkey.',
  ],
  [
    '{} break-glass accounts are not known to be usable: enabled, cloud-only, on the onmicrosoft.com domain, permanent Global Administrator, with a passkey or certificate, and another method than the daily administrators.',
    'Von {1} Notfallkonten ist nicht bekannt, dass sie brauchbar sind: aktiv, nur in der Cloud, in der onmicrosoft.com-Domäne, dauerhaft globaler Administrator, mit Passkey oder Zertifikat und mit einer anderen Methode als die täglichen Administratoren.',
  ],
  [
    'See the evidence of the account in the exception table, mend what says no, and sync.',
    'Sehen Sie sich die Belege des Kontos in der Ausnahmenliste an, beheben Sie, was nein sagt, und lesen Sie neu ein.',
  ],
  [
    'No drill that counts is on record of {} break-glass accounts, so nobody knows whether they get in.',
    'Von {1} Notfallkonten ist keine Übung verzeichnet, die zählt, darum weiß niemand, ob sie hineinkommen.',
  ],
  [
    '{} declared service accounts do not exist in the directory.',
    '{1} erklärte Dienstkonten gibt es im Verzeichnis nicht.',
  ],
  [
    'Correct the ids under declared.serviceAccounts in the customer file.',
    'Berichtigen Sie die Ids unter declared.serviceAccounts in der Kundendatei.',
  ],
  ['The declared group {} does not exist in the directory.', 'Die erklärte Gruppe {1} gibt es im Verzeichnis nicht.'],
  [
    'Correct the group id in the customer file, or leave it out: the product then makes one.',
    'Berichtigen Sie die Gruppen-Id in der Kundendatei, oder lassen Sie sie weg: Dann legt das Produkt eine an.',
  ],
  [
    '{} fills itself by a rule, so nobody can be put into it.',
    '{1} füllt sich nach einer Regel, darum kann niemand aufgenommen werden.',
  ],
  [
    'Name a group with assigned members in the customer file, or leave it out.',
    'Nennen Sie in der Kundendatei eine Gruppe mit zugewiesenen Mitgliedern, oder lassen Sie sie weg.',
  ],
  [
    'A group of the name {} exists already and is not known to be ours.',
    'Eine Gruppe namens {1} gibt es schon, und sie ist nicht als unsere bekannt.',
  ],
  [
    'Rename or remove the other group; objects are told apart by id, people read names.',
    'Benennen Sie die andere Gruppe um, oder entfernen Sie sie; Objekte unterscheidet die Id, Menschen lesen Namen.',
  ],
  [
    'A policy of the name {} exists already and is not known to be ours.',
    'Eine Richtlinie namens {1} gibt es schon, und sie ist nicht als unsere bekannt.',
  ],
  ['Rename or remove the other policy.', 'Benennen Sie die andere Richtlinie um, oder entfernen Sie sie.'],
  // The steps of a push and their way back.
  ['makes the group "{}"', 'legt die Gruppe „{1}“ an'],
  ['deletes the group, unless somebody else changed it', 'löscht die Gruppe, sofern niemand anderes sie geändert hat'],
  ['puts {} accounts into "{}"', 'nimmt Konten in „{2}“ auf: {1}'],
  ['takes out exactly those accounts', 'nimmt genau diese Konten wieder heraus'],
  ['makes the policy {}, report-only', 'legt die Richtlinie {1} im Berichtsmodus an'],
  ['deletes it, unless somebody else changed it', 'löscht sie, sofern niemand anderes sie geändert hat'],
  ['changes the policy {}', 'ändert die Richtlinie {1}'],
  [
    'writes back what it said before, unless somebody changed it',
    'schreibt zurück, was vorher darin stand, sofern niemand anderes sie geändert hat',
  ],
  // What refuses a push.
  [
    'The draft has changed since it had this digest. Look at the present one, approve it, and push that.',
    'Der Entwurf hat sich geändert. Sehen Sie sich den jetzigen an, geben Sie ihn frei, und schreiben Sie diesen.',
  ],
  [
    'The draft is held. Whoever holds it, or another engineer, has to approve it.',
    'Der Entwurf ist angehalten. Wer ihn angehalten hat oder ein anderer Techniker muss ihn freigeben.',
  ],
  [
    'Nobody has approved this draft. Look at it and approve it first.',
    'Niemand hat diesen Entwurf freigegeben. Sehen Sie ihn sich an, und geben Sie ihn zuerst frei.',
  ],
  [
    'The draft has changed since it was shown. Look at it again.',
    'Der Entwurf hat sich seit der Anzeige geändert. Sehen Sie ihn sich noch einmal an.',
  ],
  [
    'Phases are enforced or about to be ({}), and this would take MFA from their people. Roll them back first.',
    'Phasen sind erzwungen oder stehen kurz davor ({1}), und dies nähme ihren Personen die MFA. Nehmen Sie zuerst diese zurück.',
  ],
  [
    'The draft lacks {}: one policy watches everybody until the end, the other enforces. Draw it anew ("mfa-rollout policy draft").',
    'Dem Entwurf fehlt {1}: Die eine Richtlinie beobachtet alle bis zum Ende, die andere erzwingt. Zeichnen Sie ihn neu („mfa-rollout policy draft“).',
  ],
  [
    'The policy {} is known as ours and carries the name of one that Microsoft manages. It is not touched: find out in the admin center who renamed it.',
    'Die Richtlinie {1} ist als unsere bekannt und trägt den Namen einer, die Microsoft verwaltet. Sie wird nicht angefasst: Klären Sie im Admin Center, wer sie umbenannt hat.',
  ],
  [
    'The push would move {} accounts ({} %) and may move {} and {} %. It is held whole: divide the change, or raise "rails" in the customer file, which makes another draft to be approved.',
    'Es würden {1} Konten bewegt ({2} %), erlaubt sind {3} und {4} %. Darum wird gar nichts geschrieben: Teilen Sie die Änderung auf, oder erhöhen Sie „rails“ in der Kundendatei, wodurch ein anderer Entwurf freizugeben ist.',
  ],
  [
    '{} "{}" ({}) was changed or deleted by somebody else since it was written. Put it back or undo the push ("mfa-rollout policy undo") before pushing again.',
    '{1} „{2}“ ({3}) wurde von jemand anderem geändert oder gelöscht. Stellen Sie sie wieder her, oder nehmen Sie das Geschriebene zurück („mfa-rollout policy undo“), bevor Sie noch einmal schreiben.',
  ],
  ['The policy', 'Die Richtlinie'],
  ['The group', 'Die Gruppe'],
  [
    'Since the draft was reviewed, {}. Run "mfa-rollout sync", look at the draft again, and approve it.',
    'Seit der Durchsicht des Entwurfs hat sich etwas geändert: {1}. Führen Sie „mfa-rollout sync“ aus, sehen Sie sich den Entwurf noch einmal an, und geben Sie ihn frei.',
  ],
  ['the policies were read for the first time', 'die Richtlinien wurden zum ersten Mal gelesen'],
  ['the policy "{}" was added', 'die Richtlinie „{1}“ kam hinzu'],
  ['the policy "{}" was changed', 'die Richtlinie „{1}“ wurde geändert'],
  ['the policy "{}" was deleted', 'die Richtlinie „{1}“ wurde gelöscht'],
  [
    'The people or groups that the draft touches have changed in the tenant since it was reviewed. Run "mfa-rollout sync", look at the draft again, and approve it.',
    'Die Personen oder Gruppen, die der Entwurf berührt, haben sich seit der Durchsicht im Mandanten geändert. Führen Sie „mfa-rollout sync“ aus, sehen Sie sich den Entwurf noch einmal an, und geben Sie ihn frei.',
  ],
  [
    'Another push or undo of this customer is under way. Wait for its end.',
    'Ein anderes Schreiben oder Zurücknehmen dieses Kunden läuft. Warten Sie dessen Ende ab.',
  ],
  [
    'A push of this customer is under way. Wait for its end.',
    'Für diesen Kunden wird gerade geschrieben. Warten Sie das Ende ab.',
  ],
  ['Nothing that was pushed stands.', 'Nichts Geschriebenes steht im Mandanten.'],
  [
    'This customer has no writing application: give its file the section "writer". The application that reads never writes (docs/permissions.md).',
    'Dieser Kunde hat keine schreibende Anwendung: Geben Sie seiner Datei den Abschnitt „writer“. Die lesende Anwendung schreibt nie (docs/permissions.md).',
  ],
  [
    '{} break-glass accounts are usable, {} have to be ({}). Mend what says no or unknown, and push again.',
    'Brauchbar sind {1} Notfallkonten, {2} müssen es sein ({3}). Beheben Sie, wo „no“ oder „unknown“ steht, und schreiben Sie noch einmal.',
  ],
  [
    'No drill that counts is on record of {} break-glass accounts ({}): nobody knows whether they get in. Start one for each ("mfa-rollout break-glass drill ACCOUNT", or the card of the emergency accounts) and sign in with the account; the sign-in log shows it within a quarter of an hour. Then push again.',
    'Für {1} Notfallkonten ({2}) ist keine gültige Übung festgehalten: Niemand weiß, ob sie hineinkommen. Beginnen Sie für jedes eine („mfa-rollout break-glass drill ACCOUNT“ oder die Karte der Notfallkonten), und melden Sie sich mit dem Konto an; das Anmeldeprotokoll zeigt es binnen einer Viertelstunde. Danach schreiben Sie noch einmal.',
  ],
  // What a takeover and its undoing came to.
  [
    'The enforcing policy is not any more what was approved, so nothing more is taken from the old MFA.',
    'Die erzwingende Richtlinie ist nicht mehr, was freigegeben wurde; daher wird von der alten MFA nichts mehr herausgenommen.',
  ],
  [
    'The step "{}" would leave {} people with less MFA than before: {}.',
    'Der Schritt „{1}“ ließe {2} Personen mit weniger MFA als zuvor zurück: {3}.',
  ],
  [
    'Graph shows something else than what was written: "{}". Somebody else may be working in the tenant.',
    'Graph zeigt etwas anderes als das Geschriebene: „{1}“. Vielleicht arbeitet gerade jemand anderes im Mandanten.',
  ],
  [
    'Per-user MFA of {} people was not switched off: {}.',
    'Die benutzerbasierte MFA von {1} Personen wurde nicht ausgeschaltet: {2}.',
  ],
  ['somebody edited it since it was approved', 'jemand hat sie seit der Freigabe geändert'],
  ['somebody else deleted it', 'jemand anderes hat sie gelöscht'],
  ['somebody else deleted it since', 'jemand anderes hat sie seither gelöscht'],
  ['somebody else deleted it since it was written', 'jemand anderes hat sie gelöscht, seit sie geschrieben wurde'],
  ['somebody else changed it since it was written', 'jemand anderes hat sie geändert, seit sie geschrieben wurde'],
  ['somebody else changed what was written since', 'jemand anderes hat das Geschriebene seither geändert'],
  ['Microsoft manages it by now', 'Microsoft verwaltet sie inzwischen'],
  [
    'nobody of them has it any more, or the enforcing policy covers none',
    'niemand von ihnen hat sie noch, oder die erzwingende Richtlinie erfasst keinen von ihnen',
  ],
  ['Everything done was taken back.', 'Alles Getane wurde zurückgenommen.'],
  ['Not taken back: {}.', 'Nicht zurückgenommen: {1}.'],
  ['Left as it is: {}.', 'Bleibt, wie es ist: {1}.'],
  [
    'The tenant has changed since this plan was approved. Sync ("mfa-rollout sync"), look at the plan again, and approve it.',
    'Der Mandant hat sich geändert, seit dieser Plan freigegeben wurde. Gleichen Sie ab („mfa-rollout sync“), sehen Sie den Plan noch einmal an, und geben Sie ihn frei.',
  ],
  [
    'Not approved by: msp. Two people have to approve exactly this plan.',
    'Nicht freigegeben von dem Dienstleister. Zwei Personen müssen genau diesen Plan freigeben.',
  ],
  [
    'Not approved by: customer. Two people have to approve exactly this plan.',
    'Nicht freigegeben von dem Kunden. Zwei Personen müssen genau diesen Plan freigeben.',
  ],
  [
    'Not approved by: msp, customer. Two people have to approve exactly this plan.',
    'Nicht freigegeben von dem Dienstleister und dem Kunden. Zwei Personen müssen genau diesen Plan freigeben.',
  ],
  ['the takeover is being undone', 'die Übernahme wird zurückgenommen'],
  [
    'the takeover that is to be undone has not stopped yet',
    'die Übernahme, die zurückgenommen werden soll, hat noch nicht angehalten',
  ],
  ['Graph does not show what was written back', 'Graph zeigt nicht, was zurückgeschrieben wurde'],
  ['Graph still shows it after it was deleted', 'Graph zeigt sie noch, nachdem sie gelöscht wurde'],
  [
    'per-user MFA of {} people could not be switched on again: {}',
    'die benutzerbasierte MFA von {1} Personen ließ sich nicht wieder einschalten: {2}',
  ],
  ['what it was is not known', 'was es war, ist nicht bekannt'],
  ['it is not undone', 'es ist nicht zurückgenommen'],
  [
    'an old policy or switch could not be put back, so the phases stay enforced; put it back by hand, or accept what is left',
    'eine alte Richtlinie oder Einstellung ließ sich nicht zurückstellen, daher bleiben die Phasen erzwungen; stellen Sie sie von Hand zurück, oder nehmen Sie hin, was bleibt',
  ],
  [
    'the policy "{}" is enabled and still names it, so whoever is in it stays',
    'die Richtlinie „{1}“ ist eingeschaltet und nennt sie noch, daher bleibt, wer darin ist',
  ],
  [
    'the policy "{}" still names it, so whoever is in it stays',
    'die Richtlinie „{1}“ nennt sie noch, daher bleibt, wer darin ist',
  ],
  ['the policy "{}" still names it', 'die Richtlinie „{1}“ nennt sie noch'],
  ...Object.values(GATE_TEXTS).flatMap((gate): [string, string][] =>
    typeof gate === 'function'
      ? []
      : [
          [gate.message.en, gate.message.de],
          [gate.clear.en, gate.clear.de],
        ],
  ),
];

type Pattern = { matches: RegExp; german: string };

const EXACT: ReadonlyMap<string, string> = new Map(TABLE.filter(([english]) => !english.includes('{}')));

const PATTERNS: readonly Pattern[] = TABLE.filter(([english]) => english.includes('{}')).map(([english, german]) => ({
  matches: new RegExp(`^${english.split('{}').map(escaped).join('(.+?)')}$`, 'u'),
  german,
}));

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
}

/** A sentence of the product in German; a text that is none of its sentences comes back as it is. */
export function inGerman(text: string): string {
  return sentenceOf(text) ?? joinedOf(text) ?? listOf(text) ?? text;
}

function sentenceOf(text: string): string | null {
  const exact = EXACT.get(text);
  if (exact !== undefined) return exact;
  for (const { matches, german } of PATTERNS) {
    const found = matches.exec(text);
    if (found !== null)
      return german.replace(/\{(\d)\}/gu, (_place, index: string) => inGerman(found[Number(index)] ?? ''));
  }
  return null;
}

/** A fact and what to do about it are told in one breath: both parts are known, or it stays as it is. */
function joinedOf(text: string): string | null {
  for (let at = text.indexOf('. '); at >= 0; at = text.indexOf('. ', at + 1)) {
    const first = sentenceOf(text.slice(0, at + 1));
    const rest = first === null ? null : sentenceOf(text.slice(at + 2));
    if (first !== null && rest !== null) return `${first} ${rest}`;
  }
  return null;
}

/** What is left and why, one after the other (`name: why; name: why`): the names stay. */
function listOf(text: string): string | null {
  const told = text.split(/; (?=[^;:]+: )/u).map((part) => {
    const at = part.indexOf(': ') + 2;
    const why = at < 2 ? null : sentenceOf(part.slice(at));
    return why === null ? part : `${part.slice(0, at)}${why}`;
  });
  const joined = told.join('; ');
  return joined === text ? null : joined;
}

/** Members of answers that hold a sentence of the product, by name. */
const TOLD: ReadonlySet<string> = new Set([
  ...['why', 'enrolmentWhy', 'reason', 'compensatingControl', 'message', 'clear', 'evidence', 'failure'],
]);

/** The same value with the product's sentences in German, wherever a member of these names holds one. */
export function germanAnswer<T>(value: T, isTold = false): T {
  if (typeof value === 'string') return (isTold ? inGerman(value) : value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => germanAnswer(item, isTold)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [name, germanAnswer(item, TOLD.has(name))]),
  ) as T;
}
