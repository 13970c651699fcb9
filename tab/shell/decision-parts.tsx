/** What both pages with a decision share: who decided, what became of a press, and the question before it. */
import {
  Body1,
  Button,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Decision } from '../../src/contract.ts';
import type { Words } from '../i18n/words.tsx';
import { useWords } from '../i18n/words.tsx';
import { DialogFrame } from './dialog-frame.tsx';
import { Digest } from './digest.tsx';
import { Failed } from './notices.tsx';
import type { DecisionPress } from './use-decision.ts';

const useStyles = makeStyles({
  banner: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  // An empty place must stay for screen readers, but not take a gap of the page.
  result: { ':empty': { marginBottom: `calc(-1 * ${tokens.spacingVerticalL})` } },
  title: { display: 'block' },
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

/** Who decided and when, as a sentence; the name is isolated by marks, since it stands inside plain text. */
export function decisionText(decision: Decision, { t, f }: Words): string {
  const name = `\u2068${decision.displayName ?? t.common.unknownPerson}\u2069`;
  const at = f.instant(decision.at);
  switch (decision.verdict) {
    case 'signed':
      return t.decision.signedBy(name, at);
    case 'approved':
      return t.decision.approvedBy(name, at);
    case 'held':
      return t.decision.heldBy(name, at);
  }
}

type StateProps = {
  intent: 'info' | 'success' | 'warning';
  title: string;
  texts: readonly string[];
  digest: string;
  children?: ReactNode;
};

/** How the decision stands, with the fingerprint it is bound to and the buttons that change it. */
export function DecisionState({ intent, title, texts, digest, children }: StateProps) {
  const styles = useStyles();
  return (
    <div className={styles.banner}>
      <MessageBar intent={intent} layout="multiline">
        <MessageBarBody>
          <MessageBarTitle className={styles.title}>{title}</MessageBarTitle>
          {texts.join(' ')}
        </MessageBarBody>
      </MessageBar>
      <Digest digest={digest} />
      <div className={styles.actions}>{children}</div>
    </div>
  );
}

/** What became of the last press; read out, and in sight also after a long page was scrolled. */
export function PressResult({ decision }: { decision: DecisionPress }) {
  const styles = useStyles();
  const words = useWords();
  const { t } = words;
  const place = useRef<HTMLDivElement>(null);
  const { outcome, error } = decision;
  useEffect(() => {
    if (outcome !== null || error !== null) place.current?.scrollIntoView({ block: 'nearest' });
  }, [outcome, error]);
  return (
    <div ref={place} className={styles.result} aria-live="polite">
      {error === null ? null : <Failed error={error} retry={decision.clear} />}
      {outcome === null ? null : (
        <MessageBar intent={outcome.outcome === 'recorded' ? 'success' : 'warning'} layout="multiline">
          <MessageBarBody>
            {outcome.outcome === 'recorded' ? t.decision.recorded : null}
            {outcome.outcome === 'already' ? t.decision.already(decisionText(outcome.decision, words)) : null}
            {outcome.outcome === 'stale' ? t.decision.stale : null}
          </MessageBarBody>
        </MessageBar>
      )}
    </div>
  );
}

type ConfirmProps = {
  isOpen: boolean;
  title: string;
  confirmLabel: string;
  /** Null where the decision is bound to no content. */
  digest: string | null;
  isSending: boolean;
  confirm: () => void;
  close: () => void;
  children: ReactNode;
};

/** Asks before a decision is recorded, and repeats what exactly is decided about. */
export function Confirm({ isOpen, title, confirmLabel, digest, isSending, confirm, close, children }: ConfirmProps) {
  const { t } = useWords();
  const action = (
    <Button appearance="primary" disabled={isSending} onClick={confirm}>
      {isSending ? t.decision.sending : confirmLabel}
    </Button>
  );
  return (
    <DialogFrame {...{ isOpen, title, close, action }}>
      {children}
      {digest === null ? null : <Digest digest={digest} whole />}
    </DialogFrame>
  );
}

/** A paragraph of a confirmation. */
export function Said({ children }: { children: ReactNode }) {
  return <Body1 as="p">{children}</Body1>;
}
