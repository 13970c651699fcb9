import { Body1, Button, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import {
  type AskOutcome,
  askOutcomeSchema,
  type ExceptionRequest,
  exceptionRequestsSchema,
} from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { AskResult } from '../shell/ask-result.tsx';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';
import { usePress } from '../shell/use-press.ts';

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalS, listStyleType: 'none', padding: 0 },
  row: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
});

/** What people asked for about single people, signed or not, and when each ends. Nothing where nobody asked. */
export function Requests({ customerId }: { customerId: string }) {
  const styles = useStyles();
  const { t } = useWords();
  const { data } = useGet(`/customers/${customerId}/exception-requests`, exceptionRequestsSchema);
  const press = usePress<{ id: string }, AskOutcome>(
    `/customers/${customerId}/exception-requests/withdraw`,
    askOutcomeSchema,
  );
  if (data === undefined || data.requests.length === 0) return null;
  return (
    <Section title={t.mfa.requestsTitle}>
      <AskResult press={press} />
      <ul className={styles.list}>
        {data.requests.map((one) => (
          <li key={one.id} className={styles.row}>
            <Row request={one} />
            {one.standing === 'unsigned' || one.standing === 'signed' ? (
              <Button size="small" disabled={press.isSending} onClick={() => press.press({ id: one.id })}>
                {t.mfa.withdraw(one.id)}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Row({ request }: { request: ExceptionRequest }) {
  const { t, f } = useWords();
  const { name, kind, until, standing, reason } = request;
  return (
    <span>
      <Body1>
        <Name>{name}</Name>: {t.mfa.request(t.exceptions.kind[kind], f.day(until), t.mfa.standing[standing])}
      </Body1>{' '}
      {reason === null ? null : (
        <Caption1>
          <Name>{reason}</Name>
        </Caption1>
      )}
    </span>
  );
}
