import { Body1, Button, makeStyles, Subtitle2, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { type DecideRequest, type DraftReview, draftReviewSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { goTo, type PageProps } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Confirm, DecisionState, decisionText, PressResult, Said } from '../shell/decision-parts.tsx';
import { Section } from '../shell/section.tsx';
import { type DecisionPress, useDecision } from '../shell/use-decision.ts';
import { Artifacts } from './artifacts.tsx';
import { Difference } from './difference.tsx';
import { Findings } from './findings.tsx';
import { PushPanel } from './push-panel.tsx';
import { SinceDecision } from './since-decision.tsx';
import { Stuck } from './stuck.tsx';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  effect: { fontSize: tokens.fontSizeBase400, lineHeight: tokens.lineHeightBase400, overflowWrap: 'anywhere' },
  notes: { margin: 0, paddingInlineStart: '1.25em', display: 'grid', gap: tokens.spacingVerticalXS },
});

/** The drafted policies before they exist: what they do to whom, and the decision whether they may be created. */
export function PolicyPage({ customerId, route }: PageProps) {
  const styles = useStyles();
  const review = useGet(`/customers/${customerId}/policy-draft`, draftReviewSchema);
  const decision = useDecision(`/customers/${customerId}/policy-draft/decide`);
  const openPerson = (accountId: string) => goTo({ ...route, page: 'people', item: accountId, query: {} });
  return (
    <div className={styles.page}>
      <PressResult decision={decision} />
      <Answer query={review} rows={12}>
        {(data) => (
          <Review review={data} decision={decision} openPerson={openPerson}>
            <PushPanel customerId={customerId} />
          </Review>
        )}
      </Answer>
    </div>
  );
}

type ReviewProps = {
  review: DraftReview;
  decision: DecisionPress;
  openPerson: (accountId: string) => void;
  /** What stands below the decision once the draft is approved. */
  children: ReactNode;
};

function Review({ review, decision, openPerson, children }: ReviewProps) {
  const styles = useStyles();
  const { t, language } = useWords();
  return (
    <>
      <Section title={t.policy.effectTitle}>
        <Body1 as="p" className={styles.effect}>
          {review.sentences[language]}
        </Body1>
        {review.notes.length === 0 ? null : (
          <ul className={styles.notes}>
            {review.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </Section>
      <Standing review={review} decision={decision} />
      {review.state.state === 'approved' ? children : null}
      {review.state.state === 'outdated' ? <SinceDecision changes={review.state.changes} /> : null}
      <Stuck people={review.stuck} counts={review.stuckCounts} openPerson={openPerson} />
      <Findings findings={review.findings} openPerson={openPerson} />
      <Difference difference={review.difference} />
      <Artifacts policies={review.policies} />
    </>
  );
}

/** How the decision stands, and the buttons of whoever may decide. */
function Standing({ review, decision }: { review: DraftReview; decision: DecisionPress }) {
  const words = useWords();
  const { t } = words;
  const { state, mayDecide, digest } = review;
  const why = mayDecide.yes ? [] : [mayDecide.why];
  const look = {
    open: { intent: 'warning', title: t.policy.openTitle, texts: [t.policy.intro, t.policy.open] },
    approved: { intent: 'success', title: t.policy.approvedTitle, texts: [] },
    held: { intent: 'warning', title: t.policy.heldTitle, texts: [t.policy.held] },
    outdated: { intent: 'warning', title: t.policy.outdatedTitle, texts: [t.policy.outdated] },
  } as const;
  const { intent, title, texts } = look[state.state];
  const past = state.state === 'open' ? [] : [decisionText(state.decision, words)];
  return (
    <DecisionState
      intent={intent}
      title={title}
      texts={[...past, ...texts, ...(state.state === 'approved' ? [] : why)]}
      digest={digest}
    >
      {mayDecide.yes ? <DecideButtons review={review} decision={decision} /> : null}
    </DecisionState>
  );
}

type Verdict = DecideRequest['verdict'];

/** Asks with the draft that was on the page when the question was opened; see the signature of the exceptions. */
function DecideButtons({ review, decision }: { review: DraftReview; decision: DecisionPress }) {
  const { t, f } = useWords();
  const [asked, setAsked] = useState<{ review: DraftReview; verdict: Verdict } | null>(null);
  const ask = (verdict: Verdict) => {
    decision.clear();
    setAsked({ review, verdict });
  };
  const shown = asked?.review ?? review;
  const isHold = asked?.verdict === 'held';
  const approveLabel = t.policy.approve(f, shown.policies.length);
  const { state } = review;
  return (
    <>
      {state.state === 'approved' ? null : (
        <Button appearance="primary" disabled={decision.isSending} onClick={() => ask('approved')}>
          {decision.isSending ? t.decision.sending : approveLabel}
        </Button>
      )}
      {state.state === 'held' || state.state === 'approved' ? null : (
        <Button disabled={decision.isSending} onClick={() => ask('held')}>
          {t.policy.hold}
        </Button>
      )}
      <Confirm
        isOpen={asked !== null}
        title={isHold ? t.policy.holdTitle : t.policy.approveTitle}
        confirmLabel={isHold ? t.policy.hold : approveLabel}
        digest={shown.digest}
        isSending={decision.isSending}
        close={() => setAsked(null)}
        confirm={() => {
          if (asked !== null) decision.press(pressOf(asked.review, asked.verdict));
          setAsked(null);
        }}
      >
        <ConfirmText review={shown} isHold={isHold} />
      </Confirm>
    </>
  );
}

function ConfirmText({ review, isHold }: { review: DraftReview; isHold: boolean }) {
  const { t, language } = useWords();
  return (
    <>
      <Subtitle2 as="p">{review.sentences[language]}</Subtitle2>
      <ul>
        {review.policies.map(({ name, digest }) => (
          <li key={digest}>{name}</li>
        ))}
      </ul>
      <Said>{isHold ? t.policy.holdText : t.policy.approveText}</Said>
      <Said>{t.policy.bound}</Said>
    </>
  );
}

/** A hold can be lifted only by somebody who saw it, so the decision on the page is named. */
function pressOf({ digest, state }: DraftReview, verdict: Verdict): DecideRequest {
  return state.state === 'open' ? { digest, verdict } : { digest, verdict, seen: state.decision.id };
}
