import type { Clock } from '../../lib/clock.ts';
import { VendorRefusedError, VendorUnreachableError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import { orMissing, untilShown } from './eventually.ts';
import { objectOf, type ReadOptions, rowsOf } from './pages.ts';
import { channelSchema, type GraphChannel } from './wire.ts';

const SELECT = 'id,displayName,membershipType,isArchived,webUrl';

/** The channels of a team that the app may see. Needs ChannelSettings.Read.Group. */
export function listChannels(graph: Graph, teamId: string, options: ReadOptions = {}): Promise<GraphChannel[]> {
  const query = { $select: SELECT };
  return rowsOf(graph, {
    call: 'channels.list',
    row: channelSchema,
    options: { ...options, ids: { id: teamId }, query },
  });
}

/** One channel, or null where the team has none of this id (any more). Needs ChannelSettings.Read.Group. */
export function getChannel(
  graph: Graph,
  { teamId, channelId }: { teamId: string; channelId: string },
  options: ReadOptions = {},
): Promise<GraphChannel | null> {
  const ids = { id: teamId, channelId };
  const query = { $select: SELECT };
  return orMissing(() =>
    objectOf(graph, { call: 'channels.get', schema: channelSchema, options: { ...options, ids, query } }),
  );
}

/** The channel of this name, written exactly so if there is one, else in other letters' case: names are unique so. */
export function channelNamed(channels: readonly GraphChannel[], name: string): GraphChannel | null {
  const folded = (text: string) => text.normalize('NFC').toLowerCase();
  const exact = channels.find(({ displayName }) => displayName === name);
  return exact ?? channels.find(({ displayName }) => folded(displayName) === folded(name)) ?? null;
}

export type NewChannel = { teamId: string; name: string; description: string };

/**
 * Makes a standard channel, once: where the name turns out to be taken, or the answer is lost, the team is read again
 * and the channel of that name is given. Throws the refusal or the loss when none shows up. Whether the new channel can
 * be used yet, `awaitChannel` tells. Needs Channel.Create.Group and ChannelSettings.Read.Group.
 */
export async function createChannel(
  deps: { graph: Graph; clock: Clock },
  channel: NewChannel,
  options: ReadOptions = {},
): Promise<GraphChannel> {
  const { teamId, name, description } = channel;
  const body = { displayName: name, description, membershipType: 'standard' };
  try {
    return await objectOf(deps.graph, {
      call: 'channels.create',
      schema: channelSchema,
      options: { ...options, ids: { id: teamId }, body },
    });
  } catch (error) {
    const isTaken = error instanceof VendorRefusedError && [400, 409].includes(error.call.status ?? 0);
    if (!isTaken && !(error instanceof VendorUnreachableError)) throw error;
    const find = async () => channelNamed(await listChannels(deps.graph, teamId, options), name);
    const found = await untilShown(deps.clock, find, options.signal);
    if (found === null) throw error;
    return found;
  }
}

/** The channel once Graph shows it, or null when it does not do so in time. */
export function awaitChannel(
  deps: { graph: Graph; clock: Clock },
  place: { teamId: string; channelId: string },
  options: ReadOptions = {},
): Promise<GraphChannel | null> {
  return untilShown(deps.clock, () => getChannel(deps.graph, place, options), options.signal);
}
