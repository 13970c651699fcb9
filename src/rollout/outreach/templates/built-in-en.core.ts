// The built-in mails in English: why, when, what to do, the link, whom to ask.
import type { MessageKind } from '../../phases/phase-types.core.ts';
import type { TemplateText } from './message-types.core.ts';

const QUESTIONS =
  '**Questions, no smartphone, or you would rather not use your own?** Ask {{contact}}. Nobody will ever ask you for your password or for a code.';

const REGARDS = `Kind regards
{{msp}}, for {{company}}`;

/** The built-in mails in English. */
export const MESSAGES_EN: Readonly<Record<MessageKind, TemplateText>> = {
  announcement: {
    subject: 'From {{enforceOn}}: a second step when you sign in',
    preheader: 'It takes about five minutes, and you can do it today.',
    body: `Hello {{firstName}},

Passwords are guessed, stolen and used again. That is why {{company}} adds a second step to signing in: even somebody who knows your password then stays out of your mail and files.

- **When:** from **{{enforceOn}}** for your group ({{phase}}); for everybody by {{deadline}}.
- **What to do:** set up your second step before that day. The guide shows every step; it takes about five minutes.
- **Set up so far:** {{methods}}

**[Set up your second step]({{guideUrl}})**

Do you already confirm your sign-in with an app or a key? Then there is nothing more to do.

${QUESTIONS}

Your manager, {{manager}}, gets a copy of this message, so that you can check that it is genuine.

${REGARDS}`,
  },
  howTo: {
    subject: 'How to set up your second step in five minutes',
    preheader: 'Choose a way, follow the pictures, done.',
    body: `Hello {{firstName}},

From **{{enforceOn}}** your account asks for a second step when you sign in. Here is how to set it up:

1. Open the guide on your computer and choose the way that suits you.
2. Follow the steps there, with your phone or key beside you.
3. Sign in once to try it. That is all.

**[Open the guide]({{guideUrl}})**

Or go straight to the way you want:

{{guidePages}}

If you can, set up two ways: then a lost phone does not lock you out.

${QUESTIONS}

${REGARDS}`,
  },
  reminder: {
    subject: 'Reminder: your second step, before {{enforceOn}}',
    preheader: 'Your account is not ready yet. Five minutes are enough.',
    body: `Hello {{firstName}},

From **{{enforceOn}}** you need a second step to sign in at {{company}}.

- **Your account, checked just now:** {{missing}}
- **Set up so far:** {{methods}}

Please take five minutes before that day. The guide takes you through it.

**[Set up your second step]({{guideUrl}})**

${QUESTIONS}

As soon as it is done, these reminders stop by themselves.

${REGARDS}`,
  },
  lastCall: {
    subject: 'Last call: set up your second step before {{enforceOn}}',
    preheader: 'Without it, mail, Teams and files stay closed to you from that day.',
    body: `Hello {{firstName}},

This is the last message before the change. From **{{enforceOn}}** nobody in {{phase}} can sign in without a second step: **mail, Teams and files stay closed until it is set up.**

**Your account today:** {{missing}}.

It takes about five minutes, and now is a good moment:

**[Set up your second step now]({{guideUrl}})**

**Something is in the way?** You are travelling, have no phone, or it does not work: please tell us today. {{contact}} will find a way with you. Nobody will ever ask you for your password or for a code.

Your manager, {{manager}}, gets a copy of this message.

${REGARDS}`,
  },
  managerNudge: {
    subject: 'Your team: {{peopleCount}} without a second step',
    preheader: 'From {{enforceOn}} they cannot sign in without it. A word from you helps.',
    body: `Hello {{firstName}},

From **{{enforceOn}}** the people in {{phase}} at {{company}} need a second step to sign in. On your team it is still missing for {{peopleCount}}:

{{people}}

**What you can do:** please speak to them today. Setting it up takes about five minutes: [the guide]({{guideUrl}}) shows how. Is somebody on leave, or does somebody need a key instead of a phone? Tell us, and we take care of it.

**[See your team in Teams]({{tabUrl}})**

Who has finished disappears from the list by itself.

**Questions?** Ask {{contact}}.

${REGARDS}`,
  },
  allClear: {
    subject: 'Done: your account now has a second step',
    preheader: 'Thank you. This is what changes, and what to do when you change phones.',
    body: `Hello {{firstName}},

Thank you! Since **{{enforceOn}}** the accounts in {{phase}} are protected by a second step.

- **What changes:** now and then you are asked for it when you sign in.
- **Set up for you:** {{methods}}
- **A new phone?** Add the new one while the old one still works: [the guide]({{guideUrl}}) shows how.
- **Lost or stolen?** Tell {{contact}} at once.
- **A request that you did not start?** Refuse it and tell us. Nobody will ever ask you for your password or for a code.

${REGARDS}`,
  },
};
