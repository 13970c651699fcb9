import { useSyncExternalStore } from 'react';

const PHONE = '(max-width: 640px)';

/** Whether the tab is as narrow as on a phone, where a table becomes a list of cards. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(follow, () => window.matchMedia(PHONE).matches);
}

function follow(changed: () => void): () => void {
  const query = window.matchMedia(PHONE);
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}
