import type { Json } from '../../lib/canonical-json.ts';
import { randomId } from '../../lib/ids.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { SwitchKind } from './persons.core.ts';
import { endSwitch, isUnderWay, reviveSwitch, type SwitchRow } from './persons.store.ts';

type Wish = { kind: SwitchKind; anyway: boolean; actor: Json; at: Date; priority: number };

/**
 * Settles an open switch whose job died without a word, which would be joined for ever. The same wish goes on with it,
 * since it knows how the person was covered before the write, and gets the key of its new job; the other way ends it, so
 * that a switch of its own can be asked for. Null where that is so. `working`: its job is under way. Switches have to be
 * locked.
 */
export async function settleBrokenOff(
  tx: Tx,
  open: SwitchRow,
  wish: Wish,
): Promise<'working' | { key: string } | null> {
  if (await isUnderWay(tx, open.job)) return 'working';
  const { seq, accountId, kind } = open;
  const { anyway, actor, at, priority } = wish;
  if (kind !== wish.kind) {
    const outcome = { refusal: { code: 'broke_off', rule: null, message: BROKE_OFF }, after: null };
    await endSwitch(tx, seq, { state: 'refused', before: open.before, outcome, at });
    const facts = { switch: seq, accountId, kind, code: 'broke_off' };
    await appendJournal(tx, { at, actor, event: 'person.refused', facts });
    return null;
  }
  const key = `person.switch:${seq}:${randomId()}`;
  await reviveSwitch(tx, seq, { job: key, actor, anyway, at });
  await appendJournal(tx, { at, actor, event: 'person.asked', facts: { switch: seq, accountId, kind, anyway } });
  await enqueue(tx, { kind: 'person.switch', key, payload: { switch: seq }, dueAt: at, priority });
  return { key };
}

const BROKE_OFF = {
  en: 'It broke off before its end. What is so is shown by the evaluated status.',
  de: 'Es brach vor dem Ende ab. Was gilt, zeigt der ausgewertete Status.',
};
