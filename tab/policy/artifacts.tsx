import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import type { DraftReview } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { CopyButton } from '../shell/copy-button.tsx';
import { Digest } from '../shell/digest.tsx';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';

const useStyles = makeStyles({
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', justifyContent: 'space-between' },
  json: {
    margin: 0,
    padding: tokens.spacingHorizontalM,
    maxHeight: '60vh',
    overflow: 'auto',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase300,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground2,
  },
});

/** The policies exactly as they would be created, closed until somebody wants to read them. */
export function Artifacts({ policies }: { policies: DraftReview['policies'] }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <Section title={t.policy.artifactTitle}>
      <Accordion collapsible multiple>
        {policies.map(({ name, json, digest }) => (
          <AccordionItem key={digest} value={digest}>
            <AccordionHeader>
              <Name>{name}</Name>
            </AccordionHeader>
            <AccordionPanel>
              <div className={styles.line}>
                <Digest digest={digest} />
                <CopyButton what={name} text={json} />
              </div>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
              <pre className={styles.json} tabIndex={0}>
                {json}
              </pre>
            </AccordionPanel>
          </AccordionItem>
        ))}
      </Accordion>
    </Section>
  );
}
