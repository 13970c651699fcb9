import { Body1, Button, Checkbox, Field, Input } from '@fluentui/react-components';
import { useState } from 'react';
import type { z } from 'zod';
import { type MoveDeadlineRequest, type MovePhaseRequest, moveOutcomeSchema } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { DialogFrame } from '../shell/dialog-frame.tsx';
import { Failed } from '../shell/notices.tsx';
import { usePress } from '../shell/use-press.ts';

type Request = MoveDeadlineRequest | MovePhaseRequest;
type Outcome = z.infer<typeof moveOutcomeSchema>;

/** What is moved: the deadline that is shown, or a phase as it is shown, alone or with those after it. */
export type Movable = { deadline: string } | { phase: string; enforceOn: string; revision: number; hasLater: boolean };

type Props = { customerId: string; what: Movable };

/** The button that moves a day, and its dialog. */
export function MoveDay({ customerId, what }: Props) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {'phase' in what ? t.rollout.move.phase : t.rollout.move.deadline}
      </Button>
      {isOpen ? <MoveDialog customerId={customerId} what={what} close={() => setOpen(false)} /> : null}
    </>
  );
}

function MoveDialog({ customerId, what: shown, close }: Props & { close: () => void }) {
  const { t } = useWords();
  const words = t.rollout.move;
  // The page asks again after every press: the dialog keeps what it was opened for.
  const [what] = useState(shown);
  const from = 'phase' in what ? what.enforceOn : what.deadline;
  const [to, setTo] = useState(from);
  const [withLater, setWithLater] = useState(false);
  const path = `/customers/${customerId}/${'phase' in what ? 'phase' : 'rollout'}/move`;
  const { press, isSending, outcome, error, clear } = usePress<Request, Outcome>(path, moveOutcomeSchema);
  const send = () =>
    press('phase' in what ? { phase: what.phase, revision: what.revision, withLater, to } : { seen: from, to });
  const action =
    outcome === null ? (
      <Button appearance="primary" disabled={to === '' || to === from || isSending} onClick={send}>
        {words.go}
      </Button>
    ) : null;
  return (
    <DialogFrame
      {...{ isOpen: true, close, action }}
      title={'phase' in what ? words.phaseTitle(what.phase) : words.deadlineTitle}
      closeLabel={outcome === null ? t.common.cancel : t.common.close}
    >
      {outcome === null ? (
        <>
          <Body1>{'phase' in what ? words.phaseText : words.deadlineText}</Body1>
          <Field label={words.to} required>
            <Input type="date" value={to} onChange={(_, { value }) => setTo(value)} />
          </Field>
          {'phase' in what && what.hasLater ? (
            <Checkbox
              label={words.withLater}
              checked={withLater}
              onChange={(_, { checked }) => setWithLater(checked === true)}
            />
          ) : null}
          {error === null ? null : <Failed error={error} retry={clear} />}
        </>
      ) : (
        <Moved outcome={outcome} />
      )}
    </DialogFrame>
  );
}

function Moved({ outcome }: { outcome: Outcome }) {
  const { t, f } = useWords();
  const words = t.rollout.move;
  if (outcome.outcome === 'already') return <Body1 role="status">{words.already}</Body1>;
  const { deadline, phases } = outcome;
  const rows = [
    ...(deadline === null ? [] : [{ name: words.theDeadline, ...deadline }]),
    ...phases.map(({ name, from, to }) => ({ name: `\u2068${name}\u2069`, from, to })),
  ];
  return (
    <div role="status">
      {rows.map(({ name, from, to }) => (
        <Body1 as="p" key={name}>
          {words.moved(name, f.day(from), f.day(to))}
        </Body1>
      ))}
    </div>
  );
}
