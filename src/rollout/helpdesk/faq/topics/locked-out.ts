import { lines, type TopicData } from '../topic-data.ts';

export const lockedOut: TopicData = {
  id: 'locked-out',
  needsPerson: true,
  opensRoute: true,
  guide: null,
  texts: {
    en: {
      title: 'Locked out',
      answer:
        'Do not keep trying: too many attempts lock the account for a while. If the sign-in page offers "Sign in another way", use your other method. Otherwise the helpdesk checks who you are and gives you a Temporary Access Pass, a one-time code with which you get in and put your methods right. Please never share a code or your password in this channel.',
      nextStep: 'If it is urgent, call the helpdesk.',
    },
    de: {
      title: 'Ausgesperrt',
      answer:
        'Versuchen Sie es nicht immer wieder: Zu viele Versuche sperren das Konto für eine Weile. Bietet die Anmeldeseite „Auf andere Weise anmelden“ an, nehmen Sie Ihre andere Methode. Sonst prüft der Helpdesk, dass Sie es sind, und gibt Ihnen einen befristeten Zugriffspass (TAP), mit dem Sie hineinkommen und Ihre Methoden richten. Schreiben Sie nie einen Code oder Ihr Passwort in diesen Kanal.',
      nextStep: 'Wenn es eilt, rufen Sie den Helpdesk an.',
    },
  },
  signs: {
    strong: [
      'locked account !other !guest !shared !password',
      'cantget signin !other !guest !oldmail',
      'lockout !other',
      'locked account !guest !shared !other !password',
      'cantget !other !guest !oldmail !vpn',
      'signin loop !other',
      'mfa|authapp cantget !guest',
    ],
    fair: [
      'cantget',
      'locked signin|account|mfa|authapp|code',
      'loop mfa|authapp|code|signin',
      'neg>signin !notme !method',
      'lockout',
    ],
  },
  phrasings: {
    en: lines(`
      My sign-in is blocked after too many attempts
      My login was blocked
      cannot get in, the code is accepted but then it starts again from the beginning
      my login is blocked, too many attempts
      Can somebody unlock my account? MFA failed five times
      HELP cant login anywhere!!!!
      Microsoft says my account is locked, who can release it?
      I'm completely locked out, nothing works
      It won't let me sign in to anything
      Can't access my account, please unlock
      getting "your account has been locked" when I sign in
      I have a meeting in 5 minutes and can't get into Teams because of MFA
      I am locked out
      I am locked out of my account
      I cannot sign in any more
      My account is locked
      I can't get into anything since MFA
      My account was blocked after too many wrong codes
      I can't log in after the MFA change
      The sign-in page goes round in circles
      Stuck in a sign-in loop
      MFA locked me out
      It says my account is locked
      I cannot get into my mailbox since two-factor
      Login does not work since the MFA switch
      Sign-in fails after I enter the code
      I have no access to my account any more, urgent
      The login doesn't let me in since this morning
    `),
    de: lines(`
      Nach dem Code lande ich wieder auf der Anmeldeseite
      Passwort stimmt, MFA stimmt, trotzdem komme ich nicht rein
      Mein Zugang ist gesperrt worden, was tun
      Kann mich seit heut früh nirgends einloggen, bitte schnell helfen
      Teams hat mich rausgeschmissen und ich komm nicht mehr rein
      Ich komme nicht mehr in mein Postfach rein
      Mein Konto wurde gesperrt
      Kann mich nicht anmelden, dringend!
      Login geht nicht mehr, sitze hier rum und kann nix machen
      Ich bin ausgesperrt
      Ich bin aus meinem Konto ausgesperrt
      Ich kann mich nicht mehr anmelden
      Mein Konto ist gesperrt
      Seit der MFA komme ich nirgends mehr rein
      Mein Konto wurde nach zu vielen falschen Codes gesperrt
      Nach der MFA-Umstellung kann ich mich nicht mehr einloggen
      Die Anmeldeseite dreht sich im Kreis
      Ich hänge in einer Anmeldeschleife
      Die MFA hat mich ausgesperrt
      Da steht, mein Konto ist gesperrt
      Seit Zwei-Faktor komme ich nicht mehr in mein Postfach
      Der Login geht seit der MFA-Umstellung nicht mehr
      Die Anmeldung schlägt fehl, nachdem ich den Code eingebe
      Ich habe keinen Zugriff mehr auf mein Konto, dringend
      Der Login lässt mich seit heute Morgen nicht rein
    `),
  },
};
