import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { createLocalJWKSet, errors, type FlattenedJWSInput, type JWTHeaderParameters } from 'jose';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { refused } from './api-error.ts';

/** Keys are asked for anew after this time, so that a withdrawn key does not stay good. */
const FRESH_MS = 6 * 3_600_000;
/** Through an outage of the sign-in service, keys stay good this long. */
const KEPT_MS = 48 * 3_600_000;
/** A token with an unknown key id makes us ask again, but not more often than this: anybody can send such tokens. */
const ASK_AGAIN_MS = 30_000;
/** After a failure the next attempt comes sooner. */
const RETRY_MS = 1_000;
const CALL_MS = 5_000;
const BYTES_MAX = 256 * 1024;

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/** Finds the key of a token's header; what jose asks for. */
export type SigningKeys = ReturnType<typeof createLocalJWKSet>;

export type SigningKeysDeps = { url: string; caFile?: string | undefined; clock: Clock };

type Held = { keys: SigningKeys; at: number };

/**
 * The public keys of the sign-in service, fetched when the first token comes. Refuses with `sign_in_unavailable` when
 * they cannot be fetched: that says nothing about the token. A key that the service does not have is jose's error.
 */
export function createSigningKeys(deps: SigningKeysDeps): SigningKeys & { close(): Promise<void> } {
  const { clock } = deps;
  const agent = createAgent(deps.caFile);
  let held: Held | undefined;
  let tried: { at: number; failed: boolean } | undefined;
  let asking: Promise<void> | undefined;

  const ask = async () => {
    try {
      held = { keys: createLocalJWKSet(await fetchKeys(deps.url, agent)), at: clock.now() };
      tried = { at: clock.now(), failed: false };
    } catch {
      // Why is of no use to the person at the tab; the sentence of the refusal says what to do.
      tried = { at: clock.now(), failed: true };
    } finally {
      asking = undefined;
    }
  };
  const refresh = async () => {
    const pause = tried?.failed === true ? RETRY_MS : ASK_AGAIN_MS;
    if (asking === undefined && tried !== undefined && Math.abs(clock.now() - tried.at) < pause) return;
    asking ??= ask();
    await asking;
  };
  const find = async (header: JWTHeaderParameters, token: FlattenedJWSInput) => {
    if (held === undefined || clock.now() - held.at > FRESH_MS) await refresh();
    if (held === undefined || clock.now() - held.at > KEPT_MS) throw unavailable();
    try {
      return await held.keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await refresh();
    // The key may be a new one that cannot be fetched just now: no verdict on the token.
    if (tried?.failed === true) throw unavailable();
    return held.keys(header, token);
  };
  return Object.assign(find as SigningKeys, { close: () => agent.close() });
}

function createAgent(caFile: string | undefined): Agent {
  const ca = caFile === undefined ? {} : { ca: [...getCACertificates('default'), readFileSync(caFile, 'utf8')] };
  return new Agent({ connect: { timeout: CALL_MS, ...ca }, maxResponseSize: BYTES_MAX });
}

async function fetchKeys(url: string, agent: Agent): Promise<z.infer<typeof keySet>> {
  const answer = await request(url, { dispatcher: agent, signal: AbortSignal.timeout(CALL_MS) });
  if (answer.statusCode !== 200) {
    await answer.body.dump();
    throw new TypeError(`the sign-in service answered ${answer.statusCode}`);
  }
  return keySet.parse(await answer.body.json());
}

function unavailable(): Error {
  return refused(
    'sign_in_unavailable',
    'Your sign-in cannot be checked right now: Microsoft’s sign-in service does not answer. Try again in a minute.',
  );
}
