import type { TopicData } from '../topic-data.ts';

export const sharedMailbox: TopicData = {
  id: 'shared-mailbox',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Shared mailboxes and shared accounts',
      answer:
        'A shared mailbox needs no MFA of its own: nobody should sign in to it directly. You open it with your own account, which is protected by MFA and has permission for the mailbox. If several people use one login with one password today, that ends with MFA: each person gets access of their own, and the helpdesk helps with the change.',
      nextStep: 'Tell us the mailbox or account and who uses it; the helpdesk sets up the access.',
    },
    de: {
      title: 'Gemeinsame Postfächer und Konten',
      answer:
        'Ein gemeinsames Postfach braucht keine eigene MFA: Niemand soll sich direkt daran anmelden. Sie öffnen es mit Ihrem eigenen, durch MFA geschützten Konto und der Berechtigung für das Postfach. Nutzen heute mehrere Personen einen Login mit einem Passwort, endet das mit MFA: Jede Person bekommt einen eigenen Zugang, und der Helpdesk hilft bei der Umstellung.',
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
};
