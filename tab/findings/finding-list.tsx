import { Badge, Body1, Body1Strong, Button, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import {
  doneSchema,
  type Finding,
  type Findings,
  findingStatusSchema,
  findingsSchema,
  LEFTOVER_PAGE_ROWS,
} from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import type { FindingStatus } from '../i18n/keys.ts';
import { useWords } from '../i18n/words.tsx';
import { goTo, type Route } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Fact, FactList } from '../shell/facts.tsx';
import { Name } from '../shell/name.tsx';
import { Failed } from '../shell/notices.tsx';
import { Pager } from '../shell/pager.tsx';
import { offsetOf, QueryChoice, searchOf } from '../shell/query-choice.tsx';
import { Section } from '../shell/section.tsx';
import { type Press, usePress } from '../shell/use-press.ts';
import { WaiveDialog, type Waiver } from './waive-dialog.tsx';

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalL, listStyleType: 'none', padding: 0 },
  item: {
    display: 'grid',
    gap: tokens.spacingVerticalS,
    paddingBottom: tokens.spacingVerticalL,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    ':last-child': { borderBottomStyle: 'none', paddingBottom: 0 },
  },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  title: { flex: '1 1 12rem', minWidth: 0, overflowWrap: 'anywhere' },
  result: { ':empty': { marginBottom: `calc(-1 * ${tokens.spacingVerticalM})` } },
  filters: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM },
});

type Props = { phase: string | undefined; customerId: string; route: Route };
type Done = { done: true };

/** Clients that cannot answer MFA, of one phase or of all, with what to do about each. */
export function FindingList({ phase, customerId, route }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  const offset = offsetOf(route);
  const { status } = route.query;
  const base = `/customers/${customerId}/findings`;
  const findings = useGet(`${base}?${searchOf({ phase, status, offset })}`, findingsSchema);
  const take = usePress<{ key: string }, Done>(`${base}/take`, doneSchema);
  const waive = usePress<Waiver, Done>(`${base}/waive`, doneSchema);
  const failed = take.error === null ? waive : take;
  const counts = findings.data?.counts;
  return (
    <Section title={t.findings.title}>
      <Body1 as="p">{t.findings.intro}</Body1>
      <div className={styles.filters}>
        <QueryChoice
          {...{ route, name: 'status', label: t.findings.filter }}
          options={[
            ['', t.findings.any],
            ...findingStatusSchema.options.map((one) => [one, labelOf(t.findings.status[one], counts?.[one])] as const),
          ]}
        />
      </div>
      <div aria-live="polite" className={styles.result}>
        {failed.error === null ? null : <Failed error={failed.error} retry={failed.clear} />}
      </div>
      <Answer query={findings}>
        {(data) => (
          <>
            {data.total === 0 ? (
              <Body1>{status === undefined ? t.findings.none : t.findings.noneFiltered}</Body1>
            ) : null}
            <ul className={styles.list}>
              {data.rows.map((finding) => (
                <Item key={finding.key} finding={finding} may={data.may} take={take} waive={waive} />
              ))}
            </ul>
            <Pager
              {...{ offset, total: data.total, shown: data.rows.length, limit: LEFTOVER_PAGE_ROWS }}
              go={(next) => goTo({ ...route, query: { ...route.query, offset: String(next) } })}
            />
          </>
        )}
      </Answer>
    </Section>
  );
}

function labelOf(text: string, count: number | undefined): string {
  return count === undefined ? text : `${text} (${count})`;
}

const COLOR: Readonly<Record<FindingStatus, 'warning' | 'brand' | 'informative' | 'success'>> = {
  open: 'warning',
  inWork: 'brand',
  waived: 'informative',
  gone: 'success',
};

type ItemProps = {
  finding: Finding;
  may: Findings['may'];
  take: Press<{ key: string }, Done>;
  waive: Press<Waiver, Done>;
};

function Item({ finding, may, take, waive }: ItemProps) {
  const styles = useStyles();
  const { t } = useWords();
  const [isAsking, setAsking] = useState(false);
  const { key, status } = finding;
  const isUnsettled = status === 'open' || status === 'inWork';
  return (
    <li className={styles.item}>
      <div className={styles.line}>
        <Body1Strong className={styles.title}>{t.findings.client(finding.appName, finding.protocol)}</Body1Strong>
        <Badge appearance="tint" shape="rounded" color={COLOR[status]}>
          {t.findings.status[status]}
        </Badge>
      </div>
      <Facts finding={finding} />
      <div className={styles.line}>
        {may.take && status === 'open' ? (
          <Button size="small" disabled={take.isSending} onClick={() => take.press({ key })}>
            {t.findings.take}
          </Button>
        ) : null}
        {may.waive && isUnsettled ? (
          <Button size="small" disabled={waive.isSending} onClick={() => setAsking(true)}>
            {t.findings.waive}
          </Button>
        ) : null}
      </div>
      {isAsking ? (
        <WaiveDialog
          finding={finding}
          close={() => setAsking(false)}
          sign={(signed) => {
            waive.press({ key, ...signed });
            setAsking(false);
          }}
        />
      ) : null}
    </li>
  );
}

function Facts({ finding }: { finding: Finding }) {
  const { t, f, language } = useWords();
  const { accountName, accountId, phase, outside, owner, takenBy, waiver } = finding;
  const someone = (name: string | null) => (name === null || name === '' ? t.common.unknownPerson : name);
  const why = t.findings.ownerWhy[owner.why];
  return (
    <FactList>
      <Fact label={t.findings.account}>
        <Name>{accountName ?? accountId}</Name>
      </Fact>
      {phase === null ? null : (
        <Fact label={t.findings.phase}>
          <Name>{phase}</Name>
        </Fact>
      )}
      <Fact label={t.findings.traffic}>
        {t.findings.count(f, finding.count, f.instant(finding.firstSeen), f.instant(finding.lastSeen))}
      </Fact>
      <Fact label={t.findings.remedy}>{finding.remedy[language]}</Fact>
      {outside === null ? null : (
        <Fact label={t.findings.outside}>{t.findings.outsideOn(f.day(outside.on), outside.what[language])}</Fact>
      )}
      <Fact label={t.findings.owner}>{owner.name === null ? why : `${owner.name} (${why})`}</Fact>
      {takenBy === null && waiver === null ? null : (
        <Fact label={t.findings.filter}>
          {takenBy === null ? null : t.findings.takenBy(someone(takenBy))}{' '}
          {waiver === null ? null : t.findings.waived(someone(waiver.by), f.day(waiver.until), waiver.why)}
        </Fact>
      )}
    </FactList>
  );
}
