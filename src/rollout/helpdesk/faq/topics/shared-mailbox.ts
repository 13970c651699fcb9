import { lines, type TopicData } from '../topic-data.ts';

export const sharedMailbox: TopicData = {
  id: 'shared-mailbox',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Shared mailboxes and shared accounts',
      answer:
        'A shared mailbox needs no MFA of its own: nobody should sign in to it directly. You open it with your own account, which has MFA, and the right to the mailbox. If several people use one login with one password today, that ends with MFA: each gets an own way in, and the helpdesk helps with the change.',
      nextStep: 'Tell us the mailbox or account and who uses it; the helpdesk sets up the access.',
    },
    de: {
      title: 'Gemeinsame Postfächer und Konten',
      answer:
        'Ein gemeinsames Postfach braucht kein eigenes MFA: Niemand soll sich direkt daran anmelden. Sie öffnen es mit Ihrem eigenen Konto, das MFA hat, und dem Recht auf das Postfach. Nutzen heute mehrere Personen einen Login mit einem Passwort, endet das mit MFA: Jede bekommt einen eigenen Zugang, und der Helpdesk hilft bei der Umstellung.',
      nextStep: 'Nennen Sie uns Postfach oder Konto und wer es nutzt; der Helpdesk richtet den Zugriff ein.',
    },
  },
  signs: {
    strong: [
      'shared signin|approve|code|prompt|phone !other !guest !spy',
      'shared mfa|authapp !guest',
      'shared who approve|code|prompt',
      'shared mfa !guest !refuse',
      'shared authapp',
      'shared code signin|account|who|mailing|mfa',
      'shared signin phone|code',
    ],
    fair: ['shared code|signin|auth|account'],
  },
  phrasings: {
    en: lines(`
      night shift shares one Windows login. How should MFA work there?
      MFA and hr@, what happens
      whose phone do we use for the orders@ account? four of us work in it
      We're three people on one account. Whose phone gets the prompt?
      what about the accounts@ mailbox with MFA
      our shop floor terminal uses one shared user, how will sign-in work
      How does MFA work for a shared mailbox?
      Who gets the code for the shared account?
      Several of us use the info@ mailbox, what about MFA?
      Does the team mailbox need MFA?
      We share one login, how do we do two-factor?
      MFA for info@
      Reception uses a common account, who approves the sign-in?
      Shared mailbox and Authenticator
      Generic account and MFA
      Kiosk PC with one login for everybody and MFA
      Three people use the same account, who gets the prompt?
      Can two phones be registered for one shared account?
      Do functional mailboxes need a second factor?
      Can we share one Authenticator for the group account?
      Front desk account with MFA
      We all know the password of the sales mailbox, what happens with MFA?
    `),
    de: lines(`
      Wie bekommt der Empfang den Code, wenn drei Leute am selben Konto arbeiten
      Das Postfach service@ nutzen wir zu sechst. Wie geht das mit dem zweiten Faktor?
      Wie melden wir uns künftig am Sammelpostfach an, wenn MFA kommt?
      Empfang arbeitet mit einem gemeinsamen Benutzer, wer bestätigt da?
      Wie geht MFA bei einem gemeinsamen Postfach?
      Wer bekommt den Code für das gemeinsame Konto?
      Mehrere von uns nutzen das Postfach info@, was ist mit MFA?
      Braucht das Teampostfach MFA?
      Wir teilen uns einen Login, wie geht das mit Zwei-Faktor?
      MFA für info@
      Der Empfang nutzt ein gemeinsames Konto, wer bestätigt die Anmeldung?
      Gemeinsames Postfach und Authenticator
      Sammelkonto und MFA
      Kiosk-PC mit einem Login für alle und MFA
      Drei Leute nutzen dasselbe Konto, wer bekommt die Abfrage?
      Kann man für ein gemeinsames Konto zwei Handys registrieren?
      Brauchen Funktionspostfächer einen zweiten Faktor?
      Können wir uns einen Authenticator für das Gruppenkonto teilen?
      Empfangskonto mit MFA
      Wir kennen alle das Passwort vom Vertriebspostfach, was passiert mit MFA?
    `),
  },
};
