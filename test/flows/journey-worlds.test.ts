import { afterEach, expect, it } from 'vitest';
import { WORLD_NAMES } from '../../src/sandbox/world/generate.ts';
import { serveProduct } from '../support/bot-product.ts';
import { addTeamCustomer } from '../support/channel-world.ts';
import { cardsOf, personOf, settingsOf, walk } from '../support/journey.ts';
import { startWorld } from '../support/product.ts';
import { embeddedFolder } from '../support/store.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Every kind of customer, each from another seed than the first command's; two of them where time is short. */
const NAMES = process.env.MFA_GUARANTEES === 'full' ? WORLD_NAMES : (['securityDefaults', 'noPremium'] as const);
const CASES = NAMES.map((name, position) => ({ name, seed: 404 + position, mayApprove: name !== 'noPremium' }));

it.each(CASES)(
  'the journey goes through in the world $name of seed $seed',
  { timeout: 120_000 },
  async ({ mayApprove, ...wishes }) => {
    const world = await startWorld({ ...wishes, size: 100 });
    closers.push(world.stop);
    const { sandbox, setUp } = world;
    const product = await serveProduct({ dataDir: embeddedFolder() }, settingsOf(world));
    closers.push(product.close);
    const { app, url } = product;
    const { id } = await addTeamCustomer(app, world);
    for (const role of ['engineer', 'approver', 'helpdesk'] as const) {
      const { displayName, tenantId, objectId } = setUp.people[role];
      await app.access.grant(id, { identity: { tenantId, objectId }, role, displayName }, {});
    }
    for (const role of ['helpdesk', 'user'] as const) sandbox.teams.setApp(personOf(world, role), true);
    sandbox.record({ type: 'bot.set', endpoint: `${url}/api/messages` });
    await product.openDoors(id);

    const lost = () => Promise.reject(new Error('the product is here'));
    const walked = walk(world, { count: () => 1, after: lost, url: () => url });
    // Without the licence for Conditional Access there is a signature, and a refusal that says so to whoever approves.
    if (mayApprove) await walked;
    else await expect(walked).rejects.toThrow('licence_missing');

    const shown = JSON.stringify(cardsOf(world).map(({ card }) => card));
    expect(shown).toContain(setUp.people.approver.displayName);
    expect(shown).toContain(mayApprove ? 'Approved by' : 'Waiting for an engineer’s decision');
    const { exceptions } = await app.syncs.exceptions(await app.customers.find(id));
    expect(exceptions).toHaveLength(14);
    for (const { displayName } of exceptions) expect(shown).not.toContain(`"${displayName}"`);
  },
);
