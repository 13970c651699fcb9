import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createChannelToken } from '../../bot/channel-token.ts';
import { createWire } from '../../bot/connector-http.ts';
import { createManualClock } from '../../src/lib/clock.ts';
import { APP_ID, HOME_TENANT } from '../support/bot-bench.ts';

const FORGED = `${Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'forged' })).toString('base64url')}.e30.AAAA`;
const ACTIVITY = { serviceUrl: 'https://smba.trafficmanager.net/teams/', channelId: 'msteams' };

let asked = 0;
let isBroken = false;
const server = createServer((request, response) => {
  asked += 1;
  response.statusCode = isBroken ? 503 : 200;
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  response.end(JSON.stringify(request.url === '/metadata' ? { jwks_uri: `${origin}/keys` } : { keys: [] }));
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

it('asks for keys now and then, however many forged tokens name unknown ones, also while nobody answers', async () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = createManualClock(Date.parse('2031-03-04T09:00:00Z'));
  const wire = createWire({});
  const { verify } = createChannelToken(
    { wire, clock },
    {
      ...{ appId: APP_ID, appSecret: 'x', homeTenantId: HOME_TENANT, loginUrl: origin, connectorHosts: [] },
      ...{ openIdMetadataUrl: `${origin}/metadata`, publicUrl: 'https://mfa.example.com' },
    },
  );
  const forge = async () => {
    for (let token = 0; token < 20; token += 1)
      await expect(verify(`Bearer ${FORGED}`, ACTIVITY)).rejects.toMatchObject({
        code: isBroken ? 'keys_unreachable' : 'token_refused',
      });
  };
  await forge();
  expect(asked).toBe(2);
  clock.advance(61_000);
  isBroken = true;
  await forge();
  expect(asked).toBe(3);
  clock.advance(1_000);
  await forge();
  expect(asked).toBe(4);
  clock.advance(1_000);
  isBroken = false;
  await forge();
  expect(asked).toBe(6);
  await wire.close();
});
