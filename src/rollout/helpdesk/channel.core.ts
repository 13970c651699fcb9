/*
 * The help channel of a rollout: what of it is there, and what is missing. Everything that was made before is found
 * again, first by its stored id, so that renaming does no harm, then by what it is; what somebody else made is adopted
 * when it fits and never changed. The General channel is every team's own and is never used. From: "running it again
 * changes nothing".
 */

/** What the tabs of the channel show. */
export const TAB_KEYS = ['app', 'guide', 'faq'] as const;

export type TabKey = (typeof TAB_KEYS)[number];

/** The cards that the bot writes into a new channel, in this order. */
export const CARD_SUBJECTS = ['guide', 'faq', 'pin', 'exceptions', 'policyDraft'] as const;

export type LiveTeam = { displayName: string | null; isArchived: boolean; generalId: string | null };

export type LiveChannel = {
  id: string;
  name: string;
  webUrl: string | null;
  isStandard: boolean;
  isArchived: boolean;
};

export type LiveTab = { id: string; teamsAppId: string | null; url: string | null };

export type WantedTab = {
  key: TabKey;
  displayName: string;
  teamsAppId: string;
  entityId: string | null;
  url: string;
};

/** Why there can be no channel, and the way out; codes are stable. */
export type Refusal = { do: 'refuse'; code: string; message: string };

export type Make = { do: 'make' };

/** Judges the team: undefined where nothing stands against it. `null` is a team that Graph does not show. */
export function teamRefusal(team: LiveTeam | null): Refusal | undefined {
  if (team === null) {
    return refuse(
      'team_missing',
      'There is no team of the customer file’s teams.teamId. In Teams, "Get link to team" shows the id as groupId.',
    );
  }
  if (!team.isArchived) return undefined;
  return refuse(
    'team_archived',
    `The team ${team.displayName ?? ''} is archived, so nothing can be written there. Restore it in Teams (Manage teams, Archived), or name another team in the customer file.`,
  );
}

/** What to do about the app in the team: the catalogue's version belongs there. Null versions are not compared. */
export function appStep(
  app: { version: string | null } | null,
  installed: { id: string; version: string | null } | null,
): Refusal | Make | { do: 'upgrade'; id: string } | { do: 'keep'; id: string } {
  if (app === null) {
    return refuse(
      'teams_app_missing',
      'The app is not in this tenant’s Teams catalogue, or teams.teamsAppId of the customer file names another one. An administrator of the tenant publishes it there first: docs/runbook.md says how.',
    );
  }
  if (installed === null) return { do: 'make' };
  const isOld = app.version !== null && installed.version !== null && app.version !== installed.version;
  return { do: isOld ? 'upgrade' : 'keep', id: installed.id };
}

/** What to do about the channel: keep the stored one, adopt one of this name, or make it. */
export function channelStep(given: {
  channels: readonly LiveChannel[];
  storedId: string | null;
  name: string;
  generalId: string | null;
}): Refusal | Make | { do: 'keep'; channel: LiveChannel } {
  const { channels, storedId, name, generalId } = given;
  const channel = channels.find(({ id }) => id === storedId) ?? namedChannel(channels, name);
  if (channel === null) return { do: 'make' };
  if (channel.id === generalId) {
    return refuse(
      'channel_general',
      `${channel.name} is this team’s General channel, which the rollout does not use. Name another channel in the customer file.`,
    );
  }
  if (!channel.isStandard) {
    return refuse(
      'channel_private',
      `The channel ${channel.name} is private or shared, and the app writes only into standard ones. Name another channel in the customer file.`,
    );
  }
  if (channel.isArchived) {
    return refuse(
      'channel_archived',
      `The channel ${channel.name} is archived. Restore it in Teams, or name another channel in the customer file.`,
    );
  }
  return { do: 'keep', channel };
}

/** The channel of this name: exactly so written, else in other letters' case, since Teams takes a name only once. */
function namedChannel(channels: readonly LiveChannel[], wanted: string): LiveChannel | null {
  const folded = (text: string) => text.normalize('NFC').toLowerCase();
  const exact = channels.find(({ name }) => name === wanted);
  return exact ?? channels.find(({ name }) => folded(name) === folded(wanted)) ?? null;
}

/**
 * What to do about one tab. The stored one is kept under any name while it shows the right page; one that shows an
 * address of ours from before is outdated, and goes when the new one stands. Any other tab is somebody else's.
 */
export function tabStep(
  tabs: readonly LiveTab[],
  wanted: Pick<WantedTab, 'teamsAppId' | 'url'>,
  storedId: string | null,
): { do: 'keep'; id: string; outdatedId: string | null } | { do: 'make'; outdatedId: string | null } {
  const stored = tabs.find(({ id }) => id === storedId);
  const shows = (tab: LiveTab) => tab.teamsAppId === wanted.teamsAppId && tab.url === wanted.url;
  if (stored !== undefined && shows(stored)) return { do: 'keep', id: stored.id, outdatedId: null };
  const outdatedId = stored?.id ?? null;
  const same = tabs.find(shows);
  return same === undefined ? { do: 'make', outdatedId } : { do: 'keep', id: same.id, outdatedId };
}

/** The name of the effect by which the bot writes a card; a new channel gets its cards anew, an old one never twice. */
export function cardKey(channelId: string, subject: string): string {
  return `cards.post:${channelId}:${subject}`;
}

/** What the channel and its tabs are called, in the customer's language. */
export const CHANNEL_TEXTS = {
  en: {
    description: 'Questions about multi-factor authentication: the guide, answers, and people who help.',
    tabs: { app: 'MFA Rollout', guide: 'Enrolment guide', faq: 'FAQ' },
  },
  de: {
    description: 'Fragen zur Multi-Faktor-Authentifizierung: die Anleitung, Antworten und Menschen, die helfen.',
    tabs: { app: 'MFA-Einführung', guide: 'Anleitung', faq: 'Häufige Fragen' },
  },
} as const satisfies Record<string, { description: string; tabs: Record<TabKey, string> }>;

function refuse(code: string, message: string): Refusal {
  return { do: 'refuse', code, message };
}
