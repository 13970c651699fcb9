import { text } from './texts.js';

/** What the page knows at the moment: who looks, where, and what is drawn there. */
export const state = {
  me: null,
  places: { teams: [] },
  view: 'teams',
  channelId: null,
  tabId: 'posts',
  subPage: '',
  replyTo: null,
  mention: true,
  theme: 'default',
  conversation: null,
  tab: null,
  again: undefined,
};

/** An element by its id. */
export const $ = (id) => document.getElementById(id);

/** The team and channel that are open; nulls when none is. */
export function current() {
  for (const team of state.places.teams) {
    const channel = team.channels.find(({ id }) => id === state.channelId);
    if (channel !== undefined) return { team, channel };
  }
  return { team: null, channel: null };
}

/** Every team's first channel is called in the reader's language. */
export function channelName({ name }) {
  return name === 'General' ? text('general') : name;
}
