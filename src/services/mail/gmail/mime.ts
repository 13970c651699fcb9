import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailAddress, MailDraft } from '../mail.ts';
import { KEY_HEADER, nameOf, oneLine } from '../mail-rules.ts';

/**
 * The Message-ID that a key's mail is composed with: equal for equal keys, so that the mail can be searched by it as
 * long as Gmail keeps it.
 */
export function messageIdOf(key: string, mailbox: string): string {
  const name = createHash('sha256').update(key, 'utf8').digest('hex').slice(0, 40);
  return `<mfa-rollout.${name}@${mailbox.slice(mailbox.lastIndexOf('@') + 1).toLowerCase()}>`;
}

/** A draft as the message that Gmail takes: RFC 5322, base64url. */
export async function rawMessageOf(draft: MailDraft, mail: { mailbox: string; now: number }): Promise<string> {
  const composer = new MailComposer({
    from: addressOf(draft.from),
    to: draft.to.map(addressOf),
    cc: draft.cc.map(addressOf),
    subject: oneLine(draft.subject),
    text: draft.text,
    html: draft.html,
    attachments: (draft.attachments ?? []).map(({ name, contentType, bytes }) => ({
      filename: oneLine(name),
      contentType: oneLine(contentType),
      content: Buffer.from(bytes),
    })),
    messageId: messageIdOf(draft.key, mail.mailbox),
    date: new Date(mail.now),
    headers: { [KEY_HEADER]: draft.key },
    // The texts are only texts: nothing in them may name a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return (await composer.compile().build()).toString('base64url');
}

function addressOf(person: MailAddress): { name: string; address: string } {
  return { name: nameOf(person) ?? '', address: person.address };
}
