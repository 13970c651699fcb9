/** Where on the page somebody is, as its address says it. */

/** The address of a place. */
export function placeOf({ view, channelId, tabId, subPage }) {
  if (view === 'teams' && channelId !== null) return `/#teams/${encodeURIComponent(channelId)}/${tabId}`;
  return view === 'tab' && subPage !== '' ? `/#tab/${encodeURIComponent(subPage)}` : `/#${view}`;
}

/** Where a link to the app's tab leads in it; null for any other address. */
export function subPageOf({ pathname, search }) {
  if (!pathname.startsWith('/l/entity/')) return null;
  try {
    return String(JSON.parse(new URLSearchParams(search).get('context') ?? '{}').subEntityId ?? '');
  } catch {
    // Somebody's mistyped link still opens the tab.
    return '';
  }
}

/** Whether a channel is the rollout's. */
export function isSupport({ name }) {
  return /support/i.test(name);
}

/** Whether two addresses lead to the same server. */
export function sameOrigin(one, other) {
  const origin = URL.parse(one ?? '')?.origin;
  return origin !== undefined && origin === URL.parse(other ?? '')?.origin;
}
