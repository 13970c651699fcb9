import { Body1, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import type { Me } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { CopyButton } from './copy-button.tsx';
import { Name } from './name.tsx';
import { Empty } from './notices.tsx';

const useStyles = makeStyles({
  page: { padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalXL}` },
  ids: {
    display: 'grid',
    gridTemplateColumns: 'auto minmax(0, 1fr) auto',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalM,
  },
  id: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: 'anywhere' },
});

/** Shown to somebody without a role: what to send to whom, with the two ids that a role is granted to. */
export function NoAccess({ me, employer }: { me: Me; employer: string | null }) {
  const styles = useStyles();
  const { t } = useWords();
  const { identity } = me;
  return (
    <main className={styles.page}>
      <Empty
        title={employer === null ? t.gate.noAccessTitle : t.gate.noRoleTitle}
        text={employer === null ? t.gate.noAccess : t.gate.noRole(employer)}
      >
        {identity.displayName === null ? null : (
          <Body1>
            <Name>{t.gate.signedInAs(identity.displayName)}</Name>
          </Body1>
        )}
        <div className={styles.ids}>
          <IdLine label={t.gate.tenantId} id={identity.tenantId} />
          <IdLine label={t.gate.objectId} id={identity.objectId} />
        </div>
      </Empty>
    </main>
  );
}

function IdLine({ label, id }: { label: string; id: string }) {
  const styles = useStyles();
  return (
    <>
      <Caption1>{label}</Caption1>
      <Caption1 className={styles.id}>{id}</Caption1>
      <CopyButton what={label} text={id} />
    </>
  );
}
