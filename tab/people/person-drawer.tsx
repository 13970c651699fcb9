import {
  Button,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  makeStyles,
  OverlayDrawer,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import { personDetailSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { Answer } from '../shell/answer.tsx';
import { Name } from '../shell/name.tsx';
import { useIsPhone } from '../shell/use-phone.ts';
import { PersonFacts } from './person-facts.tsx';
import { PersonMfaPart } from './person-mfa.tsx';

const useStyles = makeStyles({
  body: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXL,
    paddingBottom: tokens.spacingVerticalXXL,
  },
  title: { overflowWrap: 'anywhere' },
});

type Props = { customerId: string; accountId: string | null; open: (accountId: string) => void; close: () => void };

/** One person or account with everything known about it, beside the list. */
export function PersonDrawer({ customerId, accountId, open, close }: Props) {
  const isPhone = useIsPhone();
  return (
    <OverlayDrawer
      position="end"
      size={isPhone ? 'full' : 'medium'}
      open={accountId !== null}
      onOpenChange={(_, { open: isOpen }) => {
        if (!isOpen) close();
      }}
    >
      {accountId === null ? null : (
        <Content key={accountId} customerId={customerId} accountId={accountId} open={open} close={close} />
      )}
    </OverlayDrawer>
  );
}

type ContentProps = Omit<Props, 'accountId'> & { accountId: string };

function Content({ customerId, accountId, open, close }: ContentProps) {
  const styles = useStyles();
  const { t } = useWords();
  const detail = useGet(`/customers/${customerId}/people/${encodeURIComponent(accountId)}`, personDetailSchema);
  return (
    <>
      <DrawerHeader>
        <DrawerHeaderTitle
          action={<Button appearance="subtle" aria-label={t.common.close} icon={<DismissRegular />} onClick={close} />}
        >
          <span className={styles.title}>
            {detail.data === undefined ? '…' : <Name>{detail.data.displayName}</Name>}
          </span>
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        <div className={styles.body}>
          <Answer query={detail} rows={8}>
            {(person) => <PersonFacts person={person} open={open} />}
          </Answer>
          <PersonMfaPart customerId={customerId} accountId={accountId} />
        </div>
      </DrawerBody>
    </>
  );
}
