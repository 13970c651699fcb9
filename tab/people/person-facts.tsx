import { Badge, Body1, Caption1, Link, makeStyles, Subtitle2, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { ComparedField, PersonDetail } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { CopyButton } from '../shell/copy-button.tsx';
import { ExceptionFacts } from '../shell/exception-facts.tsx';
import { Fact, FactList } from '../shell/facts.tsx';
import { Name } from '../shell/name.tsx';
import { methodName } from './method-name.ts';
import { EnrolmentBadge, StatusText } from './row-parts.tsx';

const useStyles = makeStyles({
  part: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalS },
  table: { borderCollapse: 'collapse', width: '100%', tableLayout: 'fixed' },
  cell: {
    textAlign: 'start',
    verticalAlign: 'top',
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalS}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    overflowWrap: 'anywhere',
    fontSize: tokens.fontSizeBase300,
    fontWeight: tokens.fontWeightRegular,
  },
  differs: { fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground2 },
  methods: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS, listStyleType: 'none', padding: 0 },
});

type Props = { person: PersonDetail; open: (accountId: string) => void };

/** Everything known about one account: enrolment and why, HR beside Entra, what it is, and its exception. */
export function PersonFacts({ person, open }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <>
      <Part title={t.person.enrolmentTitle}>
        <div className={styles.line}>
          <EnrolmentBadge enrolment={person.enrolment} />
          <StatusText status={person.accountStatus} />
        </div>
        <Body1>{person.enrolmentWhy}</Body1>
        <Methods methods={person.methods} />
      </Part>
      <Part title={t.person.classTitle}>
        <Body1>{t.people.classValue[person.class]}</Body1>
        {person.classWhy === null ? null : <Body1>{person.classWhy}</Body1>}
      </Part>
      {person.hr === null ? null : (
        <Part title={t.person.compareTitle}>
          <Comparison fields={person.hr.compared} />
        </Part>
      )}
      {person.exception === undefined || person.exception === null ? null : (
        <Part title={t.person.exceptionTitle}>
          <ExceptionFacts row={person.exception} />
        </Part>
      )}
      <Part title={t.person.detailsTitle}>
        <Details person={person} open={open} />
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={useStyles().part}>
      <Subtitle2 as="h3">{title}</Subtitle2>
      {children}
    </section>
  );
}

function Methods({ methods }: { methods: readonly string[] }) {
  const styles = useStyles();
  const { t, language } = useWords();
  if (methods.length === 0) return <Caption1 className={styles.quiet}>{t.person.noMethods}</Caption1>;
  return (
    <>
      <Caption1 className={styles.quiet}>{t.person.methods}</Caption1>
      <ul className={styles.methods}>
        {methods.map((method) => (
          <li key={method}>
            <Badge appearance="outline" shape="rounded" color="informative">
              {methodName(method, language)}
            </Badge>
          </li>
        ))}
      </ul>
    </>
  );
}

function Comparison({ fields }: { fields: readonly ComparedField[] }) {
  const styles = useStyles();
  const { t } = useWords();
  const value = (text: string | null) =>
    text === null ? <span className={styles.quiet}>{t.person.noValue}</span> : <Name>{text}</Name>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <td className={styles.cell} />
          <th scope="col" className={styles.cell}>
            {t.person.hr}
          </th>
          <th scope="col" className={styles.cell}>
            {t.person.entra}
          </th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ field, hr, entra, differs }) => (
          <tr key={field} className={differs ? styles.differs : undefined}>
            <th scope="row" className={styles.cell}>
              {t.person.field[field]}{' '}
              {differs ? (
                <Badge appearance="tint" color="warning" shape="rounded">
                  {t.person.differs}
                </Badge>
              ) : null}
            </th>
            <td className={styles.cell}>{value(hr)}</td>
            <td className={styles.cell}>{value(entra)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Details({ person, open }: Props) {
  const styles = useStyles();
  const { t, f } = useWords();
  return (
    <FactList>
      {person.hr === null ? null : <HrDetails hr={person.hr} open={open} />}
      {person.reports === 0 ? null : <Fact label="">{t.person.reports(f, person.reports)}</Fact>}
      <MaybeFact label={t.people.signInName} value={person.userPrincipalName} />
      <MaybeFact label={t.person.mail} value={person.mail} />
      <Fact label={t.people.accountId}>
        <span className={styles.line}>
          {person.accountId}
          <CopyButton what={t.people.accountId} text={person.accountId} />
        </span>
      </Fact>
    </FactList>
  );
}

function HrDetails({ hr, open }: { hr: NonNullable<PersonDetail['hr']>; open: (accountId: string) => void }) {
  const { t, f } = useWords();
  const { manager } = hr;
  return (
    <>
      {hr.status === null ? null : (
        <Fact label={t.people.employee}>
          {t.person.hrStatus[hr.status]}
          {hr.returnDate === null ? null : `, ${t.person.returns(f.day(hr.returnDate))}`}
        </Fact>
      )}
      <MaybeFact label={t.people.employeeId} value={hr.employeeId} />
      <MaybeFact label={t.person.jobTitle} value={hr.jobTitle} />
      <Fact label={t.person.matchedBy}>{t.person.matchedByValue[hr.matchedBy]}</Fact>
      <Fact label={t.person.manager}>
        {manager === null ? (
          t.person.managerWhy[hr.managerWhy ?? 'noManager']
        ) : (
          <Link onClick={() => open(manager.accountId)}>
            <Name>{manager.name}</Name>
          </Link>
        )}
      </Fact>
    </>
  );
}

function MaybeFact({ label, value }: { label: string; value: string | null }) {
  return value === null ? null : (
    <Fact label={label}>
      <Name>{value}</Name>
    </Fact>
  );
}
