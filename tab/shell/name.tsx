/**
 * A name, address or id that somebody else wrote. It is isolated, so that right-to-left text or an unclosed
 * direction mark in a name cannot turn round the sentence that it stands in.
 */
export function Name({ children }: { children: string }) {
  return <bdi dir="auto">{children}</bdi>;
}
