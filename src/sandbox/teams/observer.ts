/** Teams as a whole: what people do in it, what the bot is told of it, and what a watching page hears. */
import type { Clock } from '../../lib/clock.ts';
import { findApp, findTeam } from '../graph/teams-form.ts';
import type { SandboxEvent, TenantHappening } from '../state/events.ts';
import type { Installation } from '../state/kept.ts';
import type { GraphUser, SandboxState, TenantState } from '../state/state.ts';
import { installationActivities } from './activities.ts';
import type { BotLink } from './bot-link.ts';
import { openChat, type TeamsWorld } from './messages.ts';
import { appIdOf } from './places.ts';

export type TeamsDeps = { world: TeamsWorld; clock: Clock; link: BotLink; connectorUrl: () => string };

/** Something that a page which shows Teams may want to draw anew. */
export type TeamsNews =
  | { kind: 'message'; tenantId: string; conversationId: string; messageId: string; isEdit: boolean }
  | { kind: 'typing'; tenantId: string | null; conversationId: string }
  | { kind: 'places'; tenantId: string };

/** Who wants to hear of news. */
export type NewsDesk = { tell(news: TeamsNews): void; subscribe(hear: (news: TeamsNews) => void): () => void };

/** Creates a desk that tells everybody who listens at the moment. */
export function createNewsDesk(): NewsDesk {
  const hearers = new Set<(news: TeamsNews) => void>();
  return {
    tell(news) {
      for (const hear of hearers) hear(news);
    },
    subscribe(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
  };
}

/**
 * Listens to what is journalled, whoever did it: an installation of the app is told to the bot, a message to the
 * pages. `before` is asked before the event is applied, since an installation that is gone names nothing any more.
 */
export function createObserver(deps: TeamsDeps, desk: NewsDesk): (event: SandboxEvent, apply: () => void) => void {
  return (event, apply) => {
    const tenant = 'tenantId' in event ? deps.world.state.tenants.get(event.tenantId) : undefined;
    if (tenant === undefined) {
      apply();
      return;
    }
    const parts = 'tenantId' in event ? partsOf(event) : [];
    const moves = parts.flatMap((part) => moveOf(deps.world.state, tenant, part) ?? []);
    const edits = new Set(parts.flatMap((part) => editedId(tenant, part)));
    apply();
    for (const move of moves) tellBot(deps, tenant, move);
    for (const part of parts) tellPages(desk, tenant, { part, edits });
  };
}

type Part = TenantHappening;
type Move = { installation: Installation; isAdded: boolean };

function partsOf(event: TenantHappening): Part[] {
  return event.type === 'together' ? event.events.flatMap(partsOf) : [event];
}

/** An installation of the product's app that comes or goes. */
function moveOf(state: SandboxState, tenant: TenantState, part: Part): Move | null {
  if (part.type !== 'kept.put' && part.type !== 'kept.remove') return null;
  if (part.collection !== 'installations') return null;
  const isAdded = part.type === 'kept.put';
  const installation = isAdded ? part.item : tenant.kept.installations.get(part.id);
  // What is brought to another version was there before.
  const isUpgrade = isAdded && tenant.kept.installations.has(part.item.id);
  if (installation === undefined || isUpgrade) return null;
  return findApp(tenant, installation.teamsAppId)?.azureAdAppId === appIdOf(state) ? { installation, isAdded } : null;
}

function tellBot(deps: TeamsDeps, tenant: TenantState, { installation, isAdded }: Move): void {
  const holder = holderOf(tenant, installation);
  if (holder === null) return;
  if ('user' in holder && isAdded) openChat(deps.world, tenant, holder.user.id);
  const given = { state: deps.world.state, now: () => deps.clock.now(), connectorUrl: deps.connectorUrl };
  // One after the other, as a bot would be confused by leaving before it came.
  void installationActivities(given, tenant, { holder, isAdded }).reduce<Promise<unknown>>(
    (before, activity) => before.then(() => deps.link.post(activity)),
    Promise.resolve(),
  );
}

function holderOf(tenant: TenantState, installation: Installation) {
  if (installation.holder === 'user') {
    const user: GraphUser | undefined = tenant.usersById.get(installation.holderId);
    return user === undefined ? null : { user };
  }
  const team = findTeam(tenant, installation.holderId);
  return team === undefined ? null : { team };
}

function editedId(tenant: TenantState, part: Part): string[] {
  const isMessage = part.type === 'kept.put' && part.collection === 'activities';
  return isMessage && tenant.kept.activities.has(part.item.id) ? [part.item.id] : [];
}

function tellPages(desk: NewsDesk, tenant: TenantState, given: { part: Part; edits: ReadonlySet<string> }): void {
  const { part, edits } = given;
  const { tenantId } = tenant.tenant;
  if (part.type === 'kept.put' && part.collection === 'activities') {
    const { id, conversationId } = part.item;
    desk.tell({ kind: 'message', tenantId, conversationId, messageId: id, isEdit: edits.has(id) });
    return;
  }
  const isPlace = part.type === 'kept.put' || part.type === 'kept.remove';
  if (isPlace && PLACES.has(part.collection)) desk.tell({ kind: 'places', tenantId });
}

const PLACES: ReadonlySet<string> = new Set(['channels', 'tabs', 'installations', 'botChats']);
