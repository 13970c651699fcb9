import { Body1, Button, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { type ExceptionReview, exceptionReviewSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { goTo, type PageProps } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { CopyButton } from '../shell/copy-button.tsx';
import { Confirm, DecisionState, decisionText, PressResult, Said } from '../shell/decision-parts.tsx';
import { Empty } from '../shell/notices.tsx';
import { type DecisionPress, useDecision } from '../shell/use-decision.ts';
import { Changes } from './changes.tsx';
import { Classes } from './classes.tsx';
import { ExceptionTable } from './exception-table.tsx';
import { KindCounts } from './kind-counts.tsx';
import { Requests } from './requests.tsx';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  actions: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
});

/** The exception table with the customer's signature: what stays outside MFA, on what evidence, and who agreed. */
export function ExceptionsPage({ customerId, route }: PageProps) {
  const styles = useStyles();
  const review = useGet(`/customers/${customerId}/exceptions`, exceptionReviewSchema);
  const decision = useDecision(`/customers/${customerId}/exceptions/sign`);
  return (
    <div className={styles.page}>
      <PressResult decision={decision} />
      <Answer query={review} rows={12}>
        {(data) => (
          <Review
            review={data}
            decision={decision}
            openPerson={(accountId) => goTo({ ...route, page: 'people', item: accountId, query: {} })}
          />
        )}
      </Answer>
      <Requests customerId={customerId} />
      <Classes customerId={customerId} />
    </div>
  );
}

type ReviewProps = { review: ExceptionReview; decision: DecisionPress; openPerson: (accountId: string) => void };

function Review({ review, decision, openPerson }: ReviewProps) {
  const styles = useStyles();
  const { t } = useWords();
  const { rows, markdown, counts, signature } = review;
  if (counts.total === 0 && signature.state !== 'outdated') {
    return <Empty title={t.exceptions.emptyTitle} text={t.exceptions.empty} />;
  }
  return (
    <>
      <Body1 as="p">{t.exceptions.intro}</Body1>
      <Signature review={review} decision={decision} />
      <KindCounts counts={counts} />
      {rows === null ? <Body1 as="p">{t.exceptions.namesHidden}</Body1> : null}
      {markdown === null ? null : (
        <div className={styles.actions}>
          <Caption1>{t.exceptions.asMarkdown}</Caption1>
          <CopyButton what={t.exceptions.asMarkdown} text={markdown} />
        </div>
      )}
      {rows === null ? null : <ExceptionTable rows={rows} signature={signature} openPerson={openPerson} />}
    </>
  );
}

function Signature({ review, decision }: { review: ExceptionReview; decision: DecisionPress }) {
  const words = useWords();
  const { t } = words;
  const { signature, mayDecide, digest } = review;
  const why = mayDecide.yes ? [] : [mayDecide.why];
  const button = mayDecide.yes ? <SignButton review={review} decision={decision} /> : null;
  switch (signature.state) {
    case 'signed':
      return (
        <DecisionState
          intent="success"
          title={t.exceptions.signedTitle}
          texts={[decisionText(signature.decision, words)]}
          digest={digest}
        />
      );
    case 'unsigned':
      return (
        <DecisionState
          intent="warning"
          title={t.exceptions.unsignedTitle}
          texts={[t.exceptions.unsigned, ...why]}
          digest={digest}
        >
          {button}
        </DecisionState>
      );
    case 'outdated':
      return (
        <DecisionState
          intent="warning"
          title={t.exceptions.outdatedTitle}
          texts={[decisionText(signature.decision, words), t.exceptions.outdated, ...why]}
          digest={digest}
        >
          {signature.changes === null ? null : <Changes changes={signature.changes} />}
          {button}
        </DecisionState>
      );
  }
}

/**
 * Asks with the content that was on the page when the question was opened, not with whatever a poll brought since: the
 * server then answers "stale" instead of recording a signature on rows that nobody looked at.
 */
function SignButton({ review, decision }: { review: ExceptionReview; decision: DecisionPress }): ReactNode {
  const { t, f } = useWords();
  const [asked, setAsked] = useState<ExceptionReview | null>(null);
  const label = review.signature.state === 'outdated' ? t.exceptions.signAgain : t.exceptions.sign;
  const shown = asked ?? review;
  const { total } = shown.counts;
  return (
    <>
      <Button
        appearance="primary"
        disabled={decision.isSending}
        onClick={() => {
          decision.clear();
          setAsked(review);
        }}
      >
        {decision.isSending ? t.decision.sending : label(f, review.counts.total)}
      </Button>
      <Confirm
        isOpen={asked !== null}
        title={t.exceptions.confirmTitle}
        confirmLabel={label(f, total)}
        digest={shown.digest}
        isSending={decision.isSending}
        close={() => setAsked(null)}
        confirm={() => {
          decision.press({ digest: shown.digest });
          setAsked(null);
        }}
      >
        <Said>{t.exceptions.confirm(f, total)}</Said>
        <KindCounts counts={shown.counts} />
        <Said>{t.exceptions.confirmBound}</Said>
      </Confirm>
    </>
  );
}
