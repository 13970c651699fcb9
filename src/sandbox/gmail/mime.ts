/** As much of internet mail as a mail service reads of a message: headers, addresses, parts. */

export type MailHeader = { name: string; value: string };
export type Mail = { headers: MailHeader[]; body: string };

/** A part as Gmail shows it (`MessagePart`). */
export type MailPart = {
  partId: string;
  mimeType: string;
  filename: string;
  headers: MailHeader[];
  body: { size: number; data?: string };
  parts?: MailPart[];
};

/** Reads a message; the text is one byte a character (latin1), so that nothing of its bytes is lost. */
export function parseMail(text: string): Mail {
  const end = /\r?\n\r?\n/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const body = end === null ? '' : text.slice(end.index + end[0].length);
  const headers = head
    .replaceAll(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 1 ? [] : [{ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }];
    });
  return { headers, body };
}

/** The value of a header as it stands, the first when there are several; null when there is none. */
export function headerValue(mail: Pick<Mail, 'headers'>, name: string): string | null {
  return mail.headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value ?? null;
}

/** The message with one header set: replaced where it stands, or put on top; null takes it out. */
export function withHeader(text: string, name: string, value: string | null): string {
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const old = new RegExp(`^${name}:.*(?:\\r?\\n[ \\t].*)*\\r?\\n?`, 'gim');
  const head = `${text.slice(0, end)}\r\n`.replace(old, '');
  const kept = head.endsWith('\n') ? head : `${head}\r\n`;
  return `${value === null ? '' : `${name}: ${value}\r\n`}${kept.replace(/\r?\n$/, '')}${text.slice(end)}`;
}

/** The addresses of a header such as To, in lower case; what is no address is given in `bad`. */
export function addressesIn(value: string | null): { addresses: string[]; bad: string[] } {
  const items = (value ?? '').match(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,])+/g) ?? [];
  const addresses: string[] = [];
  const bad: string[] = [];
  for (const item of items.map((text) => text.trim()).filter((text) => text !== '')) {
    const address = (/<([^>]*)>\s*$/.exec(item)?.[1] ?? item).trim().toLowerCase();
    (/^[^\s@<>"]+@[^\s@<>"]+$/.test(address) ? addresses : bad).push(address);
  }
  return { addresses, bad };
}

/** A header's text with its encoded words (RFC 2047) read. */
export function decodeWords(value: string): string {
  return value
    .replaceAll(/(=\?[^?]+\?[BbQq]\?[^?]*\?=)\s+(?==\?)/g, '$1')
    .replaceAll(/=\?([^?]+)\?([BbQq])\?([^?]*)\?=/g, (_all, charset: string, kind: string, text: string) => {
      const bytes =
        kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : quotedPrintable(text.replaceAll('_', ' '));
      return decodeBytes(bytes, charset);
    });
}

/** The tree of parts, as `format=full` shows it. */
export function partOf(mail: Mail, partId = ''): MailPart {
  const type = headerValue(mail, 'content-type') ?? 'text/plain';
  const mimeType = (type.split(';')[0] ?? '').trim().toLowerCase();
  const filename =
    parameter(headerValue(mail, 'content-disposition') ?? '', 'filename') ?? parameter(type, 'name') ?? '';
  const boundary = mimeType.startsWith('multipart/') ? parameter(type, 'boundary') : null;
  const base = { partId, mimeType, filename, headers: mail.headers };
  if (boundary === null) {
    const bytes = bodyBytes(mail);
    const data = bytes.length === 0 ? {} : { data: bytes.toString('base64url') };
    return { ...base, body: { size: bytes.length, ...data } };
  }
  const prefix = partId === '' ? '' : `${partId}.`;
  const parts = splitParts(mail.body, boundary).map((text, index) => partOf(parseMail(text), `${prefix}${index}`));
  return { ...base, body: { size: 0 }, parts };
}

/** The text of a message as a reader sees it: its plain part, or what is left of the HTML without its tags. */
export function textOfPart(part: MailPart): string {
  const leaves = leavesOf(part);
  const plain = leaves.find((leaf) => leaf.mimeType === 'text/plain');
  const html = leaves.find((leaf) => leaf.mimeType === 'text/html');
  const found = plain ?? html;
  const charset = found === undefined ? 'utf-8' : parameter(headerValue(found, 'content-type') ?? '', 'charset');
  const text = decodeBytes(Buffer.from(found?.body.data ?? '', 'base64url'), charset ?? 'utf-8');
  return plain === undefined ? text.replaceAll(/<[^>]*>/g, ' ') : text;
}

function leavesOf(part: MailPart): MailPart[] {
  return part.parts === undefined ? [part] : part.parts.flatMap((inner) => leavesOf(inner));
}

function bodyBytes(mail: Mail): Buffer {
  const encoding = (headerValue(mail, 'content-transfer-encoding') ?? '7bit').toLowerCase();
  if (encoding === 'base64') return Buffer.from(mail.body, 'base64');
  return encoding === 'quoted-printable' ? quotedPrintable(mail.body) : Buffer.from(mail.body, 'latin1');
}

function quotedPrintable(text: string): Buffer {
  const joined = text.replaceAll(/=\r?\n/g, '');
  const bytes = joined.replaceAll(/=([0-9A-Fa-f]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}

function decodeBytes(bytes: Buffer, charset: string): string {
  return /^(utf-?8|us-ascii)$/i.test(charset) ? bytes.toString('utf8') : bytes.toString('latin1');
}

function splitParts(body: string, boundary: string): string[] {
  const pieces = `\r\n${body}`.split(`\n--${boundary}`).slice(1);
  const end = pieces.findIndex((piece) => piece.startsWith('--'));
  return (end < 0 ? pieces : pieces.slice(0, end)).map((piece) => piece.replace(/^[^\n]*\n/, '').replace(/\r$/, ''));
}

function parameter(value: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}\\*?=(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(value);
  return match === null ? null : (match[1] ?? match[2] ?? null);
}
