const ELLIPSIS = '…';

/** Bytes that the text takes within a JSON answer. */
function bytesOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/**
 * The text, or as much of its start as fits into so many bytes of JSON, with an ellipsis. A page of a list stays small
 * whatever somebody wrote into a name; the whole text stands in the person's own answer.
 */
export function shortText(text: string, bytesMax: number): string {
  // Six bytes are the most that one UTF-16 unit takes.
  if (text.length * 6 <= bytesMax || (text.length <= bytesMax && bytesOf(text) <= bytesMax)) return text;
  let bytes = bytesOf(ELLIPSIS);
  let end = 0;
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > bytesMax) break;
    end += character.length;
  }
  return `${text.slice(0, end).trimEnd()}${ELLIPSIS}`;
}
