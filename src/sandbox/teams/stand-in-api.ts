/** What the page asks for and does, always as the person who is signed in. */
import { z } from 'zod';
import { channelsOf, tabsOf } from '../graph/teams-form.ts';
import type { Answer, Call } from '../http/exchange.ts';
import { type SandboxState, type TenantState, textOf } from '../state/state.ts';
import { blockBot } from './messages.ts';
import type { PersonaRole } from './personas.ts';
import type { Person } from './places.ts';
import { appIdOf, chatIdOf, isInstalled, peopleOf, teamsWith } from './places.ts';
import type { Teams } from './teams.ts';

type Handler = (teams: Teams, person: Person, call: Call) => Answer | Promise<Answer>;

const MESSAGE_CHARACTERS_MAX = 28_000;

const record = z.record(z.string(), z.unknown());
const messageBody = z.strictObject({
  conversation: z.string(),
  text: z.string().trim().min(1).max(MESSAGE_CHARACTERS_MAX),
  mentionsBot: z.boolean(),
});
const pressBody = z.strictObject({ messageId: z.string(), action: record });
const refreshBody = z.strictObject({ messageId: z.string(), manual: z.boolean().default(false) });
const submitBody = z.strictObject({ messageId: z.string(), value: record });
const appBody = z.strictObject({ installed: z.boolean().optional(), blocked: z.boolean().optional() });

const ROUTES: Readonly<Record<string, Handler>> = {
  'GET /api/me': (teams, person) => ok(describe(teams, person)),
  'GET /api/places': (teams, person) => ok(placesOf(teams.state, person)),
  'GET /api/messages': (teams, person, call) => ok(teams.show(person, call.query.get('conversation') ?? '')),
  'GET /api/tab-token': async (teams, person) => ok({ token: await teams.tabToken(person) }),
  'POST /api/messages': async (teams, person, call) => {
    const { conversation, ...message } = read(call, messageBody);
    const kept = await teams.write(person, conversation, message);
    return ok({ id: kept.id });
  },
  'POST /api/presses': async (teams, person, call) => {
    const { messageId, action } = read(call, pressBody);
    return ok(await teams.press(person, messageId, { action, trigger: 'manual' }));
  },
  'POST /api/refreshes': async (teams, person, call) => {
    const { messageId, manual } = read(call, refreshBody);
    return ok(await teams.refresh(person, messageId, manual));
  },
  'POST /api/submits': async (teams, person, call) => {
    const { messageId, value } = read(call, submitBody);
    await teams.submit(person, messageId, value);
    return { status: 204 };
  },
  'POST /api/app': (teams, person, call) => {
    const { installed, blocked } = read(call, appBody);
    if (installed !== undefined) teams.setApp(person, installed);
    if (blocked !== undefined) {
      blockBot(teams.world, person.tenant, { userId: person.user.id, isBlocked: blocked });
    }
    return { status: 204 };
  },
};

/** Answers a call of the page; null when there is no such call. What cannot be done is 400 with a sentence. */
export async function answerPage(teams: Teams, person: Person, call: Call): Promise<Answer | null> {
  const handle = ROUTES[`${call.method} ${call.path}`];
  if (handle === undefined) return null;
  try {
    return await handle(teams, person, call);
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

function ok(body: unknown): Answer {
  return { status: 200, headers: { 'Cache-Control': 'no-store' }, body };
}

function read<T>(call: Call, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(call.body === '' ? 'null' : call.body) as unknown);
}

/** Where the product's pages are, by where its bot answers. */
export function productOrigin(state: SandboxState): string | null {
  return URL.parse(state.botEndpoint ?? '')?.origin ?? null;
}

function describe({ state }: Teams, person: Person) {
  const { tenant, user } = person;
  const { app } = state.cast.provider;
  const origin = productOrigin(state);
  const chatId = chatIdOf(state, tenant, user.id);
  return {
    person: {
      tenantId: tenant.tenant.tenantId,
      objectId: user.id,
      displayName: textOf(user, 'displayName'),
      userPrincipalName: textOf(user, 'userPrincipalName'),
      tenantName: nameOf(tenant),
      role: roleOf(state, person),
      locale: person.locale,
    },
    app: {
      name: app.displayName,
      id: app.manifestId,
      clientId: appIdOf(state),
      chatId,
      isInstalled: isInstalled(state, tenant, { user: user.id }),
      isBlocked: tenant.kept.botChats.get(chatId)?.isBlocked === true,
      tabUrl: origin === null ? null : `${origin}/tab/#overview`,
    },
  };
}

function nameOf({ tenant }: TenantState): string {
  return textOf(tenant.organization, 'displayName') || tenant.initialDomain;
}

function roleOf(state: SandboxState, { tenant, user }: Person): PersonaRole | null {
  if (tenant.tenant.tenantId === state.cast.provider.tenantId) return 'engineer';
  const personas = state.cast.customers.find(({ tenantId }) => tenantId === tenant.tenant.tenantId)?.personas;
  const roles = ['approver', 'helpdesk', 'manager', 'user'] as const;
  return roles.find((role) => personas?.[role].objectId === user.id) ?? null;
}

/** The teams of the person with their channels and tabs. */
function placesOf(state: SandboxState, { tenant, user }: Person) {
  const teams = teamsWith(tenant, user.id).map((team) => ({
    id: team.id,
    name: textOf(team, 'displayName'),
    members: peopleOf(tenant, team.id).length,
    hasApp: isInstalled(state, tenant, { team: team.id }),
    channels: channelsOf(tenant, team).map((channel) => ({
      id: channel.id,
      name: channel.displayName,
      description: channel.description,
      tabs: tabsOf(tenant, channel.id).map(({ id, displayName, configuration, teamsAppId }) => ({
        id,
        name: displayName,
        contentUrl: textOf(configuration, 'contentUrl') || textOf(configuration, 'websiteUrl'),
        entityId: textOf(configuration, 'entityId'),
        isApp: tenant.kept.teamsApps.get(teamsAppId)?.azureAdAppId === appIdOf(state),
      })),
    })),
  }));
  return { teams };
}
