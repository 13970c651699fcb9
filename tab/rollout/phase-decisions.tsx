import { Body1, Button, Caption1, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import {
  type PhaseDecideRequest,
  type PhaseDecision,
  type PhaseDetail,
  type PhaseOutcome,
  type PhaseReview,
  phaseOutcomeSchema,
  phaseReviewSchema,
} from '../../src/contract.ts';
import type { Verdict } from '../i18n/keys.ts';
import type { Words } from '../i18n/words.tsx';
import { useWords } from '../i18n/words.tsx';
import { Confirm, Said } from '../shell/decision-parts.tsx';
import { Digest } from '../shell/digest.tsx';
import { Failed } from '../shell/notices.tsx';
import { Section } from '../shell/section.tsx';
import { type Press, usePress } from '../shell/use-press.ts';
import { NotReady } from './not-ready.tsx';

const useStyles = makeStyles({
  counts: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(8rem, 1fr))',
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
  },
  count: { display: 'flex', flexDirection: 'column-reverse' },
  number: { fontSize: tokens.fontSizeHero700, fontWeight: tokens.fontWeightSemibold, lineHeight: '1.3' },
  quiet: { color: tokens.colorNeutralForeground2 },
  list: { margin: 0, paddingInlineStart: '1.25em' },
  // An empty place must stay for screen readers, but not take a gap of the page.
  result: { ':empty': { marginBottom: `calc(-1 * ${tokens.spacingVerticalL})` } },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

type Props = {
  phase: PhaseDetail;
  review: PhaseReview;
  customerId: string;
  openPerson: (accountId: string) => void;
};

/** What enforcing would do, who has approved it, and the buttons of whoever may decide. */
export function PhaseDecisions({ phase, review: given, customerId, openPerson }: Props) {
  const base = `/customers/${customerId}/phase`;
  const decision = usePress<PhaseDecideRequest, PhaseOutcome>(`${base}/decide`, phaseOutcomeSchema);
  const preview = usePress<{ phase: string; anyway: readonly string[] }, PhaseReview>(
    `${base}/review`,
    phaseReviewSchema,
  );
  // Another choice is shown as soon as the server has worked out what it means; until then the buttons wait.
  const [ticked, setTicked] = useState<readonly string[] | null>(null);
  const isOwn = ticked !== null && preview.outcome !== null && isSame(preview.outcome.anyway, ticked);
  const review = isOwn && preview.outcome !== null ? { ...given, ...preview.outcome } : given;
  const isWaiting = ticked !== null && !isOwn && !isSame(given.anyway, ticked);
  const tick = (anyway: readonly string[]) => {
    decision.clear();
    preview.clear();
    setTicked(anyway);
    preview.press({ phase: phase.name, anyway });
  };
  return (
    <>
      <Result decision={decision} />
      {preview.error === null ? null : <Failed error={preview.error} retry={preview.clear} />}
      <What phase={phase} review={review} />
      {phase.state === 'ready' ? (
        <NotReady people={review.notReady} ticked={ticked ?? review.anyway} tick={tick} openPerson={openPerson} />
      ) : null}
      <Standing phase={phase} review={review} decision={decision} isWaiting={isWaiting} />
    </>
  );
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id) => other.includes(id));
}

/** Who decided and when, as a sentence; the name is isolated by marks, since it stands inside plain text. */
function decisionText({ verdict, displayName, at }: PhaseDecision, { t, f }: Words): string {
  return t.rollout.decision.by[verdict](`\u2068${displayName ?? t.common.unknownPerson}\u2069`, f.instant(at));
}

function What({ phase, review }: { phase: PhaseDetail; review: PhaseReview }) {
  const styles = useStyles();
  const { t, f, language } = useWords();
  const words = t.rollout.decision;
  const isOpen = review.digest !== null;
  const items = [
    [words.asked, review.counts.asked],
    [words.already, review.counts.already],
    [words.exempt, review.counts.exempt],
    [words.notReady, review.counts.notReady],
  ] as const;
  return (
    <Section title={words.title}>
      {isOpen ? (
        <dl className={styles.counts}>
          {items.map(([label, value]) => (
            <div key={label} className={styles.count}>
              <dt>
                <Caption1 className={styles.quiet}>{label}</Caption1>
              </dt>
              <dd className={styles.number}>{f.number(value)}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <Body1>{words.nothing}</Body1>
      )}
      {review.isFirst && phase.state === 'ready' ? <Body1>{words.first}</Body1> : null}
      {review.firstEnforcedSignInAt === null ? null : (
        <Body1>{words.firstEnforced(f.instant(review.firstEnforcedSignInAt))}</Body1>
      )}
      {review.refusal === null ? null : <Caption1>{review.refusal.message[language]}</Caption1>}
    </Section>
  );
}

type StandingProps = {
  phase: PhaseDetail;
  review: PhaseReview;
  decision: Press<PhaseDecideRequest, PhaseOutcome>;
  isWaiting: boolean;
};

function Standing({ phase, review, decision, isWaiting }: StandingProps) {
  const styles = useStyles();
  const words = useWords();
  const { t, f } = words;
  const { approvals, latest, mayDecide } = review;
  const isReady = phase.state === 'ready';
  const past = approvals.length > 0 ? approvals : latest === null || latest.verdict === 'approve' ? [] : [latest];
  return (
    <Section title={isReady ? t.rollout.decision.approvals : t.rollout.view.decision}>
      {past.length === 0 ? <Body1>{t.rollout.decision.none}</Body1> : null}
      <ul className={styles.list}>
        {past.map((one) => (
          <li key={one.id}>{decisionText(one, words)}</li>
        ))}
        {isReady ? review.missing.map((side) => <li key={side}>{t.rollout.decision.missing[side]}</li>) : null}
      </ul>
      {review.expiresAt === null || phase.state === 'enforced' ? null : (
        <Caption1>{t.rollout.decision.expires(f.instant(review.expiresAt))}</Caption1>
      )}
      {isReady && review.digest !== null ? <Digest digest={review.digest} /> : null}
      {mayDecide.yes ? (
        <Buttons phase={phase} review={review} decision={decision} isWaiting={isWaiting} />
      ) : (
        <Body1>{mayDecide.why}</Body1>
      )}
    </Section>
  );
}

const OFFERED: Readonly<Record<PhaseDetail['state'], readonly Verdict[]>> = {
  planned: ['hold'],
  announced: ['hold'],
  observing: ['hold', 'askAgain'],
  blocked: ['hold', 'askAgain'],
  ready: ['approve', 'hold', 'askAgain'],
  approved: ['hold', 'rollBack'],
  enforced: ['rollBack'],
  held: ['resume'],
  rolledBack: ['hold'],
};

/** Asks with what was on the page when the question was opened; see the signature of the exceptions. */
function Buttons({ phase, review, decision, isWaiting }: StandingProps) {
  const styles = useStyles();
  const { t, f } = useWords();
  const words = t.rollout.decision;
  const [asked, setAsked] = useState<{ verdict: Verdict; review: PhaseReview } | null>(null);
  const unnamed = review.counts.notReady - review.notReady.filter(({ anyway }) => anyway).length;
  const people = (verdict: Verdict) => (verdict === 'approve' ? review.counts.asked : phase.counts.people);
  const label = (verdict: Verdict) => words.button[verdict](f, people(verdict));
  const isClosed = (verdict: Verdict) => verdict === 'approve' && (review.digest === null || unnamed > 0 || isWaiting);
  const verdict = asked?.verdict ?? 'askAgain';
  return (
    <>
      {phase.state === 'ready' && unnamed > 0 && !isWaiting ? <Body1>{words.notReadyLeft(f, unnamed)}</Body1> : null}
      {isWaiting ? <Caption1 role="status">{words.previewing}</Caption1> : null}
      <div className={styles.buttons}>
        {OFFERED[phase.state].map((one) => (
          <Button
            key={one}
            appearance={one === 'approve' || one === 'resume' ? 'primary' : 'secondary'}
            disabled={decision.isSending || isClosed(one)}
            onClick={() => {
              decision.clear();
              setAsked({ verdict: one, review });
            }}
          >
            {label(one)}
          </Button>
        ))}
      </div>
      <Confirm
        isOpen={asked !== null}
        title={words.ask[verdict]}
        confirmLabel={label(verdict)}
        digest={verdict === 'approve' ? (asked?.review.digest ?? null) : null}
        isSending={decision.isSending}
        close={() => setAsked(null)}
        confirm={() => {
          if (asked !== null) decision.press(pressOf(phase.name, asked));
          setAsked(null);
        }}
      >
        <Said>{words.means[verdict]}</Said>
      </Confirm>
    </>
  );
}

/** A hold can be lifted only by somebody who saw it, so the newest decision on the page is named. */
function pressOf(phase: string, { verdict, review }: { verdict: Verdict; review: PhaseReview }): PhaseDecideRequest {
  const { digest, latest, anyway } = review;
  const press = { phase, verdict, digest: digest ?? '', seen: latest?.id ?? null };
  return verdict === 'approve' ? { ...press, anyway } : press;
}

/** What became of the last press, read out as well. */
function Result({ decision }: { decision: StandingProps['decision'] }) {
  const styles = useStyles();
  const words = useWords();
  const { outcome, error } = decision;
  return (
    <div aria-live="polite" className={styles.result}>
      {error === null ? null : <Failed error={error} retry={decision.clear} />}
      {outcome === null ? null : (
        <MessageBar intent={outcome.outcome === 'recorded' ? 'success' : 'warning'} layout="multiline">
          <MessageBarBody>{outcomeText(outcome, words)}</MessageBarBody>
        </MessageBar>
      )}
    </div>
  );
}

function outcomeText(outcome: PhaseOutcome, words: Words): string {
  const { t } = words;
  switch (outcome.outcome) {
    case 'recorded': {
      const [side] = outcome.missing;
      return side === undefined
        ? t.decision.recorded
        : t.rollout.decision.stillNeeded(t.rollout.decision.missing[side]);
    }
    case 'already':
      return t.rollout.decision.unchanged(
        outcome.decision === null
          ? (outcome.text?.[words.language] ?? outcome.message)
          : decisionText(outcome.decision, words),
      );
    case 'stale':
      return t.decision.stale;
  }
}
