// The guide in English. Words on Microsoft's screens are bold. See content.core.ts for where the facts come from.
import type { GuideText } from './content-types.core.ts';

const SETUP = '[aka.ms/mfasetup](https://aka.ms/mfasetup)';

/** The guide in English. */
export const GUIDE_EN: GuideText = {
  languageName: 'English',
  title: 'Set up your second sign-in step',
  titleFor: (company) => `${company}: set up your second sign-in step`,
  lead: 'From now on your password alone no longer opens your work account. You add one more step, once, and it takes a few minutes.',
  why: {
    heading: 'Why?',
    text: 'Passwords get guessed, stolen and reused. With a second step, somebody who knows your password still cannot get in. The step shows that it is you; it does not give your employer access to your phone.',
  },
  choose: 'Choose your method',
  minutes: (count) => `about ${count} minutes`,
  open: 'Show the steps',
  headings: {
    need: 'What you need',
    before: 'Before you begin',
    steps: 'Step by step',
    later: 'Signing in from now on',
    trouble: 'If something does not work',
    note: 'Please note at your company',
    help: 'You are stuck?',
    lost: 'Phone or key lost, broken or replaced?',
    others: 'Other methods',
    link: 'Where you do it',
  },
  link: 'Open this address in the browser and sign in with your work account:',
  linkAlso: 'It leads to the page “Security info”, whose full address is',
  start: 'If you are asked for more information right after signing in, choose **Next**: these are the same steps.',
  lost: [
    'Tell the helpdesk at once, so that nobody else can use what is lost.',
    'After checking who you are, the helpdesk can give you a **Temporary Access Pass**: a code that works for a short time in place of your usual sign-in step.',
    `Open ${SETUP}, enter your work address and then the pass. Add your new method right away: a pass for one use leaves you ten minutes to register a passkey or a key.`,
    'Then delete the old method on the same page.',
    'Still have the old phone? Then add the new one first, with the old one at hand, and delete the old one afterwards.',
  ],
  unexpected: {
    heading: 'A request you did not cause',
    text: 'Never approve it and never tell anybody a code or number, not even the helpdesk. Choose **No, it’s not me**, change your password and tell the helpdesk: somebody else may know your password.',
  },
  helpdesk: {
    neutral: 'Ask the helpdesk of your company. It never asks you for a code or your password.',
    named: 'Your helpdesk gladly helps. It never asks you for a code or your password.',
    phone: 'Phone',
    mail: 'Mail',
  },
  back: 'All methods',
  languages: 'Language',
  skip: 'Skip to the content',
  notFound: {
    title: 'This page does not exist',
    text: 'The address may be cut off or mistyped. Open the link in your mail again, or go straight to the page where you register:',
    notOffered: 'This method is not offered at your company. Please choose one of these:',
    links: 'These pages exist:',
  },
  footer: 'This guide is public, asks for nothing and stores nothing about you.',
  pictures: {
    'security-info': {
      title: 'The page “Security info”',
      description: 'A browser window with a button to add a method and two methods that are already registered.',
    },
    'install-app': {
      title: 'Installing the app',
      description: 'A phone shows an app with a shield and a button to install it.',
    },
    'scan-code': {
      title: 'Scanning the code',
      description: 'A laptop shows a square code; a phone beside it takes the code into its camera frame.',
    },
    'number-matching': {
      title: 'Entering the number',
      description: 'A laptop shows the number 47; the phone beside it has a field in which 47 was typed, and a keypad.',
    },
    passkey: {
      title: 'A passkey on the phone',
      description: 'A phone shows a fingerprint; beside it lie a key and a green tick.',
    },
    'security-key': {
      title: 'Security key at the laptop',
      description: 'A small USB key is plugged into a laptop and a finger touches its contact.',
    },
    'hardware-token': {
      title: 'Hardware token',
      description: 'A small device with a display that shows six digits, and a round button.',
    },
    'text-message': {
      title: 'Code by text message or call',
      description:
        'A phone received a text message; an arrow leads to the six-digit code in it. Below is a telephone receiver.',
    },
    'temporary-pass': {
      title: 'Temporary Access Pass',
      description: 'A ticket with a hidden code, and a clock: the pass works for a short time.',
    },
  },
  methods: {
    passkey: {
      name: 'Passkey in the Authenticator app',
      summary: 'Sign in with your phone’s face, fingerprint or PIN. The safest way, and the quickest: nothing to type.',
      picture: 'passkey',
      minutes: 5,
      inApp: true,
      need: [
        'A phone with iOS 17 or Android 14, or newer, with a screen lock (face, fingerprint or PIN)',
        'The app **Microsoft Authenticator** in its newest version',
        'A second step that already works, or a Temporary Access Pass from the helpdesk',
      ],
      before:
        'To save a passkey you must confirm who you are with a second step. If you have none yet, set up the Authenticator app first or ask the helpdesk for a Temporary Access Pass.',
      steps: [
        { text: 'Install **Microsoft Authenticator** from the App Store or from Google Play.', picture: 'install-app' },
        {
          text: 'Open the app, tap **+** and choose **Work or school account**, then **Sign in**. If your account is in the app already, tap it and choose **Create a passkey**.',
        },
        { text: 'Sign in with your work address. Confirm with your second step, or enter the Temporary Access Pass.' },
        {
          text: 'Allow Authenticator to keep passkeys when the app asks for it. iPhone: **Settings** > **General** > **AutoFill & Passwords** (iOS 17: **Passwords** > **Password Options**), turn on **Authenticator**. Android: **Settings** > **Passwords & accounts** (names differ by maker), turn on **Authenticator**.',
        },
        { text: 'Return to the app, confirm with face, fingerprint or PIN and choose **Done**.', picture: 'passkey' },
        { text: `Check it: on ${SETUP} the passkey now stands in the list.`, picture: 'security-info' },
      ],
      later: [
        'Choose **Face, fingerprint, PIN or security key** (or **Sign-in options**) when signing in.',
        'At a computer choose **iPhone, iPad or Android device**, scan the code with the phone’s normal camera and confirm on the phone. Bluetooth must be on at both.',
      ],
      trouble: [
        {
          problem: '“Passkey” is not on the list.',
          answer:
            'Your company may not have switched it on yet, or the phone’s system is too old. Choose the Authenticator app for now.',
        },
        {
          problem: 'The app says that a passkey exists already.',
          answer: `Delete the passkey in the app and on ${SETUP}, then begin again.`,
        },
        {
          problem: 'Scanning does nothing.',
          answer:
            'Use the phone’s own camera, not the scanner inside Authenticator. Turn on Bluetooth and internet at the phone and at the computer.',
        },
      ],
    },
    authenticator: {
      name: 'Microsoft Authenticator app',
      summary:
        'The app shows a request; you type the number that is on your screen. Works with almost every smartphone.',
      picture: 'number-matching',
      minutes: 5,
      need: [
        'A smartphone with internet; a private one is fine, your employer sees nothing of it',
        'A computer beside it, which makes the set-up easier',
        'Your work address and password',
      ],
      before: null,
      steps: [
        {
          text: 'Install **Microsoft Authenticator** from the App Store or from Google Play. It costs nothing; beware of similar names.',
          picture: 'install-app',
        },
        { text: `At the computer open ${SETUP} and sign in with your work address.` },
        {
          text: 'Choose **Add sign-in method**, then **Microsoft Authenticator** (or **Authenticator app**), then **Add**.',
          picture: 'security-info',
        },
        { text: 'Choose **Next** until a square code appears.' },
        {
          text: 'On the phone open Authenticator, allow notifications, tap **+** and choose **Work or school account**, then **Scan a QR code**. Hold the phone to the screen.',
          picture: 'scan-code',
        },
        {
          text: 'At the computer choose **Next**. It shows a number: type this number into the app and confirm.',
          picture: 'number-matching',
        },
        { text: 'Choose **Next** and **Done**. The app now stands in the list of your methods.' },
      ],
      later: [
        'After your password the screen shows a two-digit number. Open the app, type the number and tap **Yes**.',
        'Signing in on the same phone? Remember the number, then change to the app.',
        'No internet on the phone? Choose **I can’t use my Microsoft Authenticator app right now** and enter the six-digit code that the app shows for your account.',
      ],
      trouble: [
        {
          problem: 'No request arrives.',
          answer:
            'Open the app and pull the list down. Check internet, notifications and battery saving, and that the phone sets its time by itself.',
        },
        {
          problem: 'The camera does not take the code.',
          answer: 'Choose **Can’t scan image?** below the code and type code and address into the app.',
        },
        {
          problem: 'I have only the phone at hand.',
          answer: `Open ${SETUP} on the phone. Instead of scanning, tap the link **Pair your account to the app**.`,
        },
        {
          problem: 'The number was wrong.',
          answer: 'Sign in once more: every request has a number of its own and lives for a short time only.',
        },
      ],
    },
    'security-key': {
      name: 'Security key (FIDO2)',
      summary: 'A small key for the USB port or NFC. No phone needed, and very safe.',
      picture: 'security-key',
      minutes: 5,
      need: [
        'A FIDO2 security key that your company allows (USB-A, USB-C or NFC)',
        'A computer with a current browser (Edge, Chrome, Firefox or Safari)',
        'A second step that already works, or a Temporary Access Pass from the helpdesk',
      ],
      before:
        'To add a key you must have confirmed a second step within the last five minutes. If the key is to be your first method, ask the helpdesk for a Temporary Access Pass.',
      steps: [
        { text: `Open ${SETUP} and sign in: with your second step, or with the Temporary Access Pass.` },
        {
          text: 'Choose **Add sign-in method**, then **Security key** (it may be called **Passkey**), then **Add**.',
          picture: 'security-info',
        },
        {
          text: 'Choose **USB device** or **NFC device** when asked, and **Next**. If the browser offers to save on this device or a phone, choose **Security key** there.',
        },
        {
          text: 'Plug the key in, or hold it to the reader when asked. Set a PIN for the key, or enter the one it has.',
          picture: 'security-key',
        },
        { text: 'Touch the key’s contact when it blinks, each time you are asked.' },
        { text: 'Give the key a name by which you will know it, and choose **Done**.' },
      ],
      later: [
        'Choose **Face, fingerprint, PIN or security key** (or **Sign-in options**), plug the key in, enter its PIN and touch it.',
        'Ask for a second key and register it too: if one is lost, you go on working.',
      ],
      trouble: [
        {
          problem: 'The key is not accepted.',
          answer: 'Your company may allow certain models only. Ask the helpdesk which.',
        },
        {
          problem: 'The key’s PIN is forgotten or locked.',
          answer:
            'The key must be reset with its maker’s tool, which deletes what is on it; then delete it on the page and add it anew.',
        },
        {
          problem: 'Nothing happens when I plug it in.',
          answer:
            'Try another port without a hub or adapter, and another browser. Private windows and remote desktops often do not pass keys on.',
        },
      ],
    },
    'hardware-token': {
      name: 'Hardware token with a code',
      summary: 'A small device that shows six digits. For those who cannot or do not want to use a phone.',
      picture: 'hardware-token',
      minutes: 5,
      need: [
        'A token from your helpdesk, assigned to you',
        'Its serial number, usually on its back',
        'Your work address and password; perhaps a Temporary Access Pass, if the page asks for a second step',
      ],
      before:
        'Only a token that the helpdesk entered for your company works. If the helpdesk has activated it for you, you need not do anything: go to “Signing in from now on”.',
      steps: [
        {
          text: 'Get a token from the helpdesk. It is assigned to you there by its serial number.',
          picture: 'hardware-token',
        },
        { text: `Open ${SETUP} and sign in.` },
        { text: 'Choose **Add sign-in method**, then **Hardware token**, then **Add**.', picture: 'security-info' },
        { text: 'Enter the serial number from the back of the token and choose **Next**.' },
        { text: 'Give the token a name by which you will know it, and choose **Next**.' },
        {
          text: 'Press the token’s button and enter the six digits at once; with most tokens you have about a minute. Choose **Next** and **Done**.',
        },
      ],
      later: [
        'After your password choose **Use a verification code**, press the token’s button and enter the six digits.',
        'Keep the token apart from the computer, and never write your password on it.',
      ],
      trouble: [
        {
          problem: '“Hardware token” is not on the list.',
          answer:
            'It can take up to an hour after the helpdesk has assigned the token. If it is still missing then, tell the helpdesk.',
        },
        {
          problem: 'The serial number is not known.',
          answer:
            'Check it digit by digit. The token must have been entered for your company; a private one does not work.',
        },
        {
          problem: 'The code is refused.',
          answer:
            'Wait for the next code and enter it at once. If several are refused in a row, the token’s clock may be off or its battery empty: the helpdesk exchanges it.',
        },
      ],
    },
    sms: {
      name: 'Text message or phone call',
      summary:
        'You receive a code or a call. Works with every telephone, but is the weakest way: take it only if the others do not suit.',
      picture: 'text-message',
      minutes: 3,
      need: [
        'A telephone that you have at hand when signing in',
        'Reception; abroad, roaming',
        'Your work address and password',
      ],
      before:
        'Codes and calls can be intercepted or talked out of you. If you can, take the app or a key; some companies do not allow text messages at all.',
      steps: [
        { text: `Open ${SETUP} and sign in with your work address.` },
        { text: 'Choose **Add sign-in method**, then **Phone**, then **Add**.', picture: 'security-info' },
        {
          text: 'Choose your country, enter the number without the leading zero, and choose **Receive a code** (text message) or **Call me**. Then **Next**.',
        },
        { text: 'Text message: enter the six-digit code. Call: answer it and press **#**.', picture: 'text-message' },
        { text: 'Choose **Next** and **Done**.' },
      ],
      later: [
        'After your password a text message or a call comes. Enter the code, or press **#** in the call.',
        'A call asks for the **#** key only; it never asks for your password or a code. Hang up on anything else.',
      ],
      trouble: [
        {
          problem: 'No message arrives.',
          answer:
            'Check country and number, wait two minutes and ask once more. Message filters and some tariffs block short senders. Try **Call me**.',
        },
        {
          problem: '“Phone” is not on the list.',
          answer: 'Your company does not offer it. Please choose another method.',
        },
        {
          problem: 'I have a new number.',
          answer: `Add the new number on ${SETUP} while the old one still works. If it no longer does, ask the helpdesk.`,
        },
      ],
    },
  },
};
