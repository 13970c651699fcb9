import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useWords } from '../i18n/words.tsx';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

type Props = {
  isOpen: boolean;
  title: string;
  close: () => void;
  /** What the button that closes is called; without it "Cancel". */
  closeLabel?: string;
  /** The button that does what the dialog asks for; null where only closing is left. */
  action: ReactNode;
  children: ReactNode;
};

/** The frame of every dialog: title, content in one column, and at the end the way out before the way on. */
export function DialogFrame({ isOpen, title, close, closeLabel, action, children }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <Dialog open={isOpen} onOpenChange={(_, { open }) => (open ? undefined : close())}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent className={styles.content}>{children}</DialogContent>
          <DialogActions fluid>
            <Button onClick={close}>{closeLabel ?? t.common.cancel}</Button>
            {action}
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
