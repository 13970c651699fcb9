import { Body1, Button, Caption1, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { useRef, useState } from 'react';
import { type AppPackage, appPackageSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import type { PageProps } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';
import { PublishResult } from './publish-result.tsx';
import { isTooLarge, usePublish } from './use-publish.ts';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  list: { margin: 0, paddingInlineStart: '1.25em', display: 'grid', gap: tokens.spacingVerticalXS },
  picker: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  file: { overflowWrap: 'anywhere', minWidth: 0 },
  bar: { flexShrink: 0 },
});

/** Bringing the app into the customer's Teams, for those who may try. */
export function SetUpPage({ customerId }: PageProps) {
  const styles = useStyles();
  const { t } = useWords();
  const path = `/customers/${customerId}/app-package`;
  const facts = useGet(path, appPackageSchema);
  return (
    <div className={styles.page}>
      <Section title={t.setup.title}>
        <Body1 as="p">{t.setup.intro}</Body1>
        <ul className={styles.list}>
          {t.setup.points.map((point) => (
            <li key={point}>
              <Body1>{point}</Body1>
            </li>
          ))}
        </ul>
      </Section>
      <Section title={t.setup.publishTitle}>
        <Answer query={facts} rows={3}>
          {(data) => (data.may.yes ? <Publish path={path} facts={data} /> : <NoChance code={data.may.code} />)}
        </Answer>
      </Section>
      <Section title={t.setup.byHandTitle}>
        <Body1 as="p">{t.setup.byHand}</Body1>
      </Section>
    </div>
  );
}

function NoChance({ code }: { code: Extract<AppPackage['may'], { yes: false }>['code'] }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <MessageBar intent="info" layout="multiline" className={styles.bar}>
      <MessageBarBody>{t.setup.noChance[code]}</MessageBarBody>
    </MessageBar>
  );
}

/** The file, the press, and what became of it. */
function Publish({ path, facts }: { path: string; facts: AppPackage }) {
  const styles = useStyles();
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const publishing = usePublish(path);
  const tooLarge = file !== null && isTooLarge(file);
  return (
    <>
      <div className={styles.picker}>
        <input
          ref={input}
          type="file"
          accept=".zip,application/zip"
          hidden
          aria-label={t.setup.file}
          onChange={({ target }) => {
            publishing.clear();
            setFile(target.files?.[0] ?? null);
            // The same file, built anew, has to be taken again.
            target.value = '';
          }}
        />
        <Button disabled={publishing.isSending} onClick={() => input.current?.click()}>
          {t.setup.pick}
        </Button>
        <Caption1 className={styles.file}>{file === null ? t.setup.noFile : <Name>{file.name}</Name>}</Caption1>
        <Button
          appearance="primary"
          disabled={file === null || tooLarge || publishing.isSending}
          onClick={() => (file === null ? undefined : publishing.publish(file))}
        >
          {publishing.isSending ? t.setup.sending : t.setup.publish}
        </Button>
      </div>
      {tooLarge ? (
        <MessageBar intent="error" layout="multiline" className={styles.bar}>
          <MessageBarBody>{t.setup.tooLarge}</MessageBarBody>
        </MessageBar>
      ) : null}
      <PublishResult publishing={publishing} consentPath={facts.consentPath} />
    </>
  );
}
