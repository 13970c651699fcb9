import type { GmailState } from './state.ts';

type LedgerFilter = { mailbox?: string | undefined; recipient?: string | undefined };

/**
 * Who got what how often: every delivery in order, and for each address and content how many times it arrived. Two
 * mails have the same content when subject and text agree, whatever their ids.
 */
export function deliveriesOf(state: GmailState, filter: LedgerFilter) {
  const deliveries = state.deliveries.filter(
    (delivery) =>
      (filter.mailbox ?? delivery.mailbox) === delivery.mailbox &&
      (filter.recipient?.toLowerCase() ?? delivery.recipient) === delivery.recipient,
  );
  const received = new Map<string, { recipient: string; subject: string; content: string; times: number }>();
  for (const { recipient, subject, content, delivered } of deliveries) {
    if (!delivered) continue;
    const key = `${recipient} ${content}`;
    const row = received.get(key) ?? { recipient, subject, content, times: 0 };
    received.set(key, { ...row, times: row.times + 1 });
  }
  return { deliveries, received: [...received.values()] };
}
