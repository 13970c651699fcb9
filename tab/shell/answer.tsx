import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';
import { useWords } from '../i18n/words.tsx';
import { Failed, Loading } from './notices.tsx';

type Props<T> = { query: UseQueryResult<T>; rows?: number; children: (data: T) => ReactNode };

/**
 * Shows an answer in each of its states: loading, failed, there, there but not renewed. A refusal (a role was taken
 * away) takes the old answer off the screen; an unreachable server only marks it as possibly old.
 */
export function Answer<T>({ query, rows = 6, children }: Props<T>) {
  const { t } = useWords();
  const { data, error } = query;
  const isRefused = error instanceof ApiError && error.layer === 'refused';
  if (error !== null && (data === undefined || isRefused)) {
    return <Failed error={error} retry={() => void query.refetch()} />;
  }
  if (data === undefined) return <Loading rows={rows} />;
  return (
    <>
      {error === null ? null : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t.common.updatedFailed}</MessageBarBody>
        </MessageBar>
      )}
      {children(data)}
    </>
  );
}
