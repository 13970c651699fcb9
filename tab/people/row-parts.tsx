import { Badge, makeStyles, tokens } from '@fluentui/react-components';
import { CheckmarkRegular, QuestionRegular, WarningRegular } from '@fluentui/react-icons';
import type { PersonRow } from '../../src/contract.ts';
import type { AccountStatus, Enrolment } from '../i18n/keys.ts';
import { useWords } from '../i18n/words.tsx';

const useStyles = makeStyles({ quiet: { color: tokens.colorNeutralForeground2 } });

const LOOK = {
  capable: { color: 'success', icon: <CheckmarkRegular /> },
  not: { color: 'warning', icon: <WarningRegular /> },
  unknown: { color: 'informative', icon: <QuestionRegular /> },
} as const;

/** Enrolment as word, picture and colour, so that none of them carries it alone. */
export function EnrolmentBadge({ enrolment }: { enrolment: Enrolment }) {
  const { t } = useWords();
  return (
    <Badge appearance="tint" shape="rounded" color={LOOK[enrolment].color} icon={LOOK[enrolment].icon}>
      {t.people.enrolmentValue[enrolment]}
    </Badge>
  );
}

/** Whether the account can sign in; only the unusual is made to stand out. */
export function StatusText({ status }: { status: AccountStatus }) {
  const styles = useStyles();
  const { t } = useWords();
  if (status === 'enabled') return <span className={styles.quiet}>{t.people.statusValue.enabled}</span>;
  return (
    <Badge appearance="outline" shape="rounded" color="informative">
      {t.people.statusValue.disabled}
    </Badge>
  );
}

/** The fields in which HR and Entra do not agree. */
export function Differences({ fields }: { fields: PersonRow['differences'] }) {
  const styles = useStyles();
  const { t } = useWords();
  if (fields.length === 0) return <span className={styles.quiet}>{t.people.agrees}</span>;
  return (
    <Badge appearance="tint" shape="rounded" color="warning">
      {fields.map((field) => t.people.differenceValue[field]).join(', ')}
    </Badge>
  );
}
