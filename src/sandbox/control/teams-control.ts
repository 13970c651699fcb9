/** The control interface's places for Teams: where the bot answers, and what people do without the page. */
import { z } from 'zod';
import { blockBot } from '../teams/messages.ts';
import type { Person } from '../teams/places.ts';
import { showMessages } from '../teams/shown-messages.ts';
import { type ControlDeps, type ControlRoute, ok, readBody, route, withBody } from './routes.ts';

const botSchema = z.strictObject({ endpoint: z.url().nullable() });

const messageSchema = z.strictObject({
  conversationId: z.string(),
  text: z.string(),
  mentionsBot: z.boolean().default(false),
});

const pressSchema = z.strictObject({
  messageId: z.string(),
  action: z.record(z.string(), z.unknown()),
  trigger: z.enum(['manual', 'automatic']).default('manual'),
});

const refreshSchema = z.strictObject({ messageId: z.string(), byHand: z.boolean().default(false) });

const appSchema = z.strictObject({ installed: z.boolean().optional(), blocked: z.boolean().optional() });

const PERSON = '/_sandbox/tenants/{tenant}/people/{user}';

export const TEAMS_ROUTES: readonly ControlRoute[] = [
  route('POST', '/_sandbox/teams/bot', (deps, call) =>
    withBody(call, botSchema, ({ endpoint }) => deps.world.record({ type: 'bot.set', endpoint })),
  ),
  route('GET', '/_sandbox/teams/bot', (deps) => ok({ endpoint: deps.world.state.botEndpoint })),
  route('POST', `${PERSON}/app`, (deps, call, values) =>
    withBody(call, appSchema, ({ installed, blocked }) => {
      const person = personOf(deps, values);
      if (installed !== undefined) deps.teams.setApp(person, installed);
      if (blocked !== undefined) {
        blockBot(deps.world, person.tenant, { userId: person.user.id, isBlocked: blocked });
      }
    }),
  ),
  route('POST', `${PERSON}/messages`, async (deps, call, values) => {
    const { conversationId, ...message } = readBody(call, messageSchema);
    const kept = await deps.teams.write(personOf(deps, values), conversationId, message);
    return ok({ id: kept.id });
  }),
  route('POST', `${PERSON}/presses`, async (deps, call, values) => {
    const { messageId, ...press } = readBody(call, pressSchema);
    return ok(await deps.teams.press(personOf(deps, values), messageId, press));
  }),
  route('POST', `${PERSON}/refreshes`, async (deps, call, values) => {
    const { messageId, byHand } = readBody(call, refreshSchema);
    return ok(await deps.teams.refresh(personOf(deps, values), messageId, byHand));
  }),
  route('GET', `${PERSON}/views`, (deps, call, values) =>
    ok(deps.teams.show(personOf(deps, values), call.query.get('conversationId') ?? '')),
  ),
  route('GET', `${PERSON}/messages`, (deps, call, values) => {
    const person = personOf(deps, values);
    const place = deps.teams.place(person, call.query.get('conversationId') ?? '');
    return ok(showMessages(deps.world.state, place));
  }),
  route('POST', `${PERSON}/tabToken`, async (deps, _call, values) =>
    ok({ token: await deps.teams.tabToken(personOf(deps, values)) }),
  ),
];

function personOf(deps: ControlDeps, values: Record<string, string>): Person {
  return deps.teams.person(values.tenant ?? '', values.user ?? '');
}
