import type { TopicData } from '../topic-data.ts';
import { amIDone } from './am-i-done.ts';
import { appPassword } from './app-password.ts';
import { codeNotArriving } from './code-not-arriving.ts';
import { guest } from './guest.ts';
import { howToEnrol } from './how-to-enrol.ts';
import { lockedOut } from './locked-out.ts';
import { lostPhone } from './lost-phone.ts';
import { noPhone } from './no-phone.ts';
import { numberMatching } from './number-matching.ts';
import { oldMailApp } from './old-mail-app.ts';
import { postpone } from './postpone.ts';
import { privacy } from './privacy.ts';
import { privatePhone } from './private-phone.ts';
import { promptTooOften } from './prompt-too-often.ts';
import { scanner } from './scanner.ts';
import { securityKey } from './security-key.ts';
import { sharedMailbox } from './shared-mailbox.ts';
import { talkToHuman } from './talk-to-human.ts';
import { travel } from './travel.ts';
import { unexpectedPrompt } from './unexpected-prompt.ts';
import { whatIsMfa } from './what-is-mfa.ts';
import { whenMe } from './when-me.ts';
import { whichMethods } from './which-methods.ts';
import { whyNow } from './why-now.ts';

/** Every topic, in the order in which the FAQ is posted. */
export const ALL_TOPICS: readonly TopicData[] = [
  whatIsMfa,
  whyNow,
  whenMe,
  howToEnrol,
  whichMethods,
  noPhone,
  privatePhone,
  lostPhone,
  lockedOut,
  amIDone,
  promptTooOften,
  unexpectedPrompt,
  travel,
  oldMailApp,
  scanner,
  sharedMailbox,
  appPassword,
  codeNotArriving,
  numberMatching,
  privacy,
  postpone,
  securityKey,
  talkToHuman,
  guest,
];
