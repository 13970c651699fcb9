import { Badge, Body1, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import type { ExceptionRow } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Fact, FactList } from './facts.tsx';
import { Name } from './name.tsx';

const useStyles = makeStyles({
  evidence: {
    margin: 0,
    listStyleType: 'disc',
    paddingInlineStart: '1.1em',
    display: 'grid',
    gap: tokens.spacingVerticalXXS,
  },
  quiet: { color: tokens.colorNeutralForeground2 },
  badges: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
});

/** What kind of exception a row is, in words. */
export function ExceptionBadges({ row }: { row: ExceptionRow }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <span className={styles.badges}>
      <Badge appearance="tint" shape="rounded" color="brand">
        {t.exceptions.kind[row.kind]}
      </Badge>
      {row.directorySync ? (
        <Badge appearance="outline" shape="rounded" color="informative">
          {t.exceptions.directorySync}
        </Badge>
      ) : null}
      {row.signInBlocked ? (
        <Badge appearance="outline" shape="rounded" color="informative">
          {t.exceptions.signInBlocked}
        </Badge>
      ) : null}
    </span>
  );
}

/** The facts that make an account an exception; each names its source. */
export function Evidence({ row }: { row: ExceptionRow }) {
  const styles = useStyles();
  return (
    <ul className={styles.evidence}>
      {row.evidence.map((sentence) => (
        <li key={sentence}>
          <Name>{sentence}</Name>
        </li>
      ))}
    </ul>
  );
}

/** Who answers for the exception, and why he does. */
export function Owner({ owner }: { owner: ExceptionRow['owner'] }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <>
      <Body1 as="p" block>
        {owner.name === null ? t.common.none : <Name>{owner.name}</Name>}
      </Body1>
      <Caption1 className={styles.quiet}>
        <Name>{owner.why}</Name>
      </Caption1>
    </>
  );
}

/** When the exception ends by itself, or when somebody has to look at it. */
export function useUntil(): (row: ExceptionRow) => string {
  const { t, f } = useWords();
  return ({ endsAt, reviewAt }) => {
    const parts = [
      ...(endsAt === null ? [] : [t.exceptions.ends(f.day(endsAt))]),
      ...(reviewAt === null ? [] : [t.exceptions.review(f.day(reviewAt))]),
    ];
    return parts.length === 0 ? t.exceptions.noEnd : parts.join(', ');
  };
}

/** One exception as labels and values, for a drawer or a phone. */
export function ExceptionFacts({ row }: { row: ExceptionRow }) {
  const { t } = useWords();
  const until = useUntil();
  return (
    <>
      <ExceptionBadges row={row} />
      <FactList>
        <Fact label={t.exceptions.evidence}>
          <Evidence row={row} />
        </Fact>
        <Fact label={t.exceptions.owner}>
          <Owner owner={row.owner} />
        </Fact>
        <Fact label={t.exceptions.reason}>{row.reason}</Fact>
        <Fact label={t.exceptions.control}>{row.compensatingControl}</Fact>
        <Fact label={t.exceptions.proposalTitle}>{t.exceptions.proposal[row.proposal]}</Fact>
        <Fact label={t.exceptions.until}>{until(row)}</Fact>
      </FactList>
    </>
  );
}
