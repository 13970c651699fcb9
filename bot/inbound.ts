import { z } from 'zod';
import { isStorable, storableText } from '../src/lib/storable-text.ts';
import { rootOf, threadOf } from '../src/rollout/conversations/conversations.core.ts';

/** What the bot reads of a message; longer texts are cut before anything looks at them. */
export const TEXT_CHARS_MAX = 4_000;

/** Longer names are cut; no directory has one. */
const NAME_CHARS_MAX = 256;

const guid = z.guid().transform((id) => id.toLowerCase());
/** Ids are kept, so one that the store cannot hold is no id. */
const id = z.string().min(1).max(1_000).refine(isStorable);
const optionalId = z.string().max(1_000).refine(isStorable).nullish();

/** An account as Teams writes it; the object id is missing for other bots. */
const account = z.looseObject({
  id,
  name: z.string().nullish(),
  aadObjectId: guid.nullish().catch(null),
  tenantId: guid.nullish().catch(null),
});

const channelData = z.looseObject({
  tenant: z.looseObject({ id: guid }).nullish(),
  team: z.looseObject({ id: optionalId, aadGroupId: optionalId }).nullish(),
  channel: z.looseObject({ id: optionalId }).nullish(),
});

/** The parts of an activity that the bot reads. Everything else is Teams' own business. */
const activitySchema = z.looseObject({
  type: z.string().min(1).max(100),
  id: optionalId,
  channelId: z.string().max(100),
  serviceUrl: z.string().max(2_000).catch(''),
  from: account,
  recipient: z.looseObject({ id }),
  conversation: z.looseObject({
    id,
    tenantId: guid.nullish(),
    conversationType: z.enum(['personal', 'channel', 'groupChat']).nullish(),
    isGroup: z.boolean().nullish(),
  }),
  channelData: channelData.nullish(),
  locale: z.string().max(100).nullish(),
  text: z.string().nullish(),
  name: z.string().max(200).nullish(),
  action: z.string().max(100).nullish(),
  value: z.unknown().optional(),
  replyToId: optionalId,
  entities: z.array(z.unknown()).nullish(),
  membersAdded: z.array(z.looseObject({ id })).nullish(),
  membersRemoved: z.array(z.looseObject({ id })).nullish(),
});

/** An activity in our own words. Who sent it is verified only after the checks of the adapter. */
export type Inbound = {
  type: string;
  /** Empty for the few activities that have none. */
  id: string;
  serviceUrl: string;
  /** The tenants that the activity names; all have to be the same one. */
  tenantIds: readonly string[];
  from: { id: string; objectId: string | null; tenantId: string | null; name: string | null };
  botId: string;
  conversation: { kind: 'personal' | 'channel' | 'groupChat'; id: string; rootId: string; threadId: string | null };
  teamId: string | null;
  channelId: string | null;
  language: 'en' | 'de' | null;
  text: string;
  /** Whether the message names the bot. */
  isAddressed: boolean;
  name: string | null;
  action: string | null;
  value: unknown;
  replyToId: string | null;
  isBotAdded: boolean;
  isBotRemoved: boolean;
};

/** Reads an activity; undefined when it is none that Teams would send. */
export function readInbound(body: unknown): Inbound | undefined {
  const parsed = activitySchema.safeParse(body);
  if (!parsed.success || parsed.data.channelId !== 'msteams') return undefined;
  const activity = parsed.data;
  const { from, recipient } = activity;
  return {
    type: activity.type,
    id: activity.id ?? '',
    serviceUrl: activity.serviceUrl,
    from: {
      id: from.id,
      objectId: from.aadObjectId ?? null,
      tenantId: from.tenantId ?? null,
      name: typeof from.name === 'string' ? storableText(from.name, NAME_CHARS_MAX) : null,
    },
    botId: recipient.id,
    ...placeOf(activity),
    language: languageOf(activity.locale ?? ''),
    ...saidIn(activity.text ?? '', activity.entities ?? [], recipient.id),
    name: activity.name ?? null,
    action: activity.action ?? null,
    value: activity.value,
    replyToId: activity.replyToId ?? null,
    isBotAdded: (activity.membersAdded ?? []).some((member) => member.id === recipient.id),
    isBotRemoved: (activity.membersRemoved ?? []).some((member) => member.id === recipient.id),
  };
}

function placeOf({
  conversation,
  channelData: data,
}: z.output<typeof activitySchema>): Pick<Inbound, 'tenantIds' | 'conversation' | 'teamId' | 'channelId'> {
  const kind = conversation.conversationType ?? (conversation.isGroup === true ? 'groupChat' : 'personal');
  const rootId = rootOf(conversation.id);
  return {
    tenantIds: [conversation.tenantId, data?.tenant?.id].filter((tenant) => typeof tenant === 'string'),
    conversation: { kind, id: conversation.id, rootId, threadId: threadOf(conversation.id) },
    // Graph knows a team by its group; the thread's id is Teams' own.
    teamId: data?.team?.aadGroupId ?? data?.team?.id ?? null,
    channelId: kind === 'channel' ? (data?.channel?.id ?? rootId) : null,
  };
}

function languageOf(locale: string): 'en' | 'de' | null {
  const language = locale.slice(0, 2).toLowerCase();
  return language === 'de' || language === 'en' ? language : null;
}

const mention = z.looseObject({
  type: z.literal('mention'),
  mentioned: z.looseObject({ id: z.string() }),
  text: z.string().nullish(),
});

/** The text without mentions of the bot. Cut first: nothing here reads a megabyte. */
function saidIn(whole: string, entities: readonly unknown[], botId: string): { text: string; isAddressed: boolean } {
  const mentions = entities.slice(0, 50).flatMap((entity) => {
    const parsed = mention.safeParse(entity);
    return parsed.success && parsed.data.mentioned.id === botId ? [parsed.data.text ?? ''] : [];
  });
  const cut = storableText(whole, TEXT_CHARS_MAX);
  const bare = mentions.filter((text) => text !== '').reduce((rest, text) => rest.replaceAll(text, ' '), cut);
  const text = bare
    .replaceAll(/<[^<>]{0,200}>/g, ' ')
    .replaceAll(/&nbsp;|\u00a0/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return { text, isAddressed: mentions.length > 0 };
}
