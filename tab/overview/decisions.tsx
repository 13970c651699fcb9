import { Badge, Body1, Body1Strong, Button, makeStyles, tokens } from '@fluentui/react-components';
import type { PendingDecision } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { goTo, type PageName, type Route } from '../route.ts';
import { Section } from '../shell/section.tsx';

const useStyles = makeStyles({
  list: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM, listStyleType: 'none', padding: 0 },
  item: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
  },
  text: {
    flex: '1 1 18rem',
    minWidth: 0,
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'flex-start',
    gap: tokens.spacingVerticalXXS,
  },
  why: { color: tokens.colorNeutralForeground2 },
});

const PAGE_OF: Record<PendingDecision['kind'], PageName> = { exceptions: 'exceptions', policyDraft: 'policy' };

type Props = { decisions: readonly PendingDecision[]; route: Route };

/** What waits for the person who looks, with the way there; below it, what waits for others or is done. */
export function Decisions({ decisions, route }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  const mine = decisions.filter(isMine);
  const others = decisions.filter((one) => !isMine(one));
  const open = (kind: PendingDecision['kind']) => goTo({ ...route, page: PAGE_OF[kind], item: null, query: {} });
  return (
    <Section title={t.overview.decisionsTitle}>
      {mine.length === 0 ? <Body1>{t.overview.decisionsNone}</Body1> : null}
      <ul className={styles.list}>
        {mine.map(({ kind, state }) => (
          <li key={kind} className={styles.item}>
            <div className={styles.text}>
              <Body1Strong>{t.overview.subject[kind]}</Body1Strong>
              <Body1>{state === 'outdated' ? t.overview.outdated[kind] : t.overview.open[kind]}</Body1>
            </div>
            <Button appearance="primary" onClick={() => open(kind)}>
              {t.overview.go[kind]}
            </Button>
          </li>
        ))}
        {others.map((one) => (
          <OtherDecision key={one.kind} decision={one} open={() => open(one.kind)} />
        ))}
      </ul>
    </Section>
  );
}

function isMine({ state, mayDecide }: PendingDecision): boolean {
  return mayDecide && (state === 'open' || state === 'outdated');
}

/** Who else may decide is of no use to anybody once it is decided. */
function isDone(state: PendingDecision['state']): boolean {
  return state === 'signed' || state === 'approved';
}

const TINT = {
  open: 'warning',
  outdated: 'warning',
  signed: 'success',
  approved: 'success',
  held: 'informative',
  unavailable: 'informative',
} as const;

function OtherDecision({ decision, open }: { decision: PendingDecision; open: () => void }) {
  const styles = useStyles();
  const { t } = useWords();
  const { kind, state, why } = decision;
  return (
    <li className={styles.item}>
      <div className={styles.text}>
        <Body1Strong>{t.overview.subject[kind]}</Body1Strong>
        <Badge appearance="tint" color={TINT[state]} shape="rounded">
          {t.overview.state[state]}
        </Badge>
        {why === undefined || isDone(state) ? null : <Body1 className={styles.why}>{why}</Body1>}
      </div>
      {state === 'unavailable' ? null : (
        <Button aria-label={`${t.overview.look}: ${t.overview.subject[kind]}`} onClick={open}>
          {t.overview.look}
        </Button>
      )}
    </li>
  );
}
