import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { ApiError } from './api-error.ts';
import type { ApiClient, Parser } from './client.ts';

/** How often a page that is seen asks whether something was decided elsewhere; almost always answered by a 304. */
export const POLL_MS = 15_000;

const RETRIES = 2;

const ApiContext = createContext<ApiClient | null>(null);

/** The query library with our rules: repeat only what did not arrive, poll only while the tab is seen. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < RETRIES && error instanceof ApiError && error.layer === 'unreachable',
        refetchInterval: POLL_MS,
        refetchIntervalInBackground: false,
        refetchOnWindowFocus: true,
        staleTime: POLL_MS / 2,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

/** Gives everything below it the API client and one memory of answers. */
export function ApiProvider({ client, children }: { client: ApiClient; children: ReactNode }) {
  const [queries] = useState(createQueries);
  return (
    <ApiContext value={client}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </ApiContext>
  );
}

/** The API client of the nearest provider; refuses outside one, which is a mistake of ours. */
export function useApi(): ApiClient {
  const client = useContext(ApiContext);
  if (client === null) throw new Error('useApi stands outside ApiProvider');
  return client;
}

/** The declaration of one GET for the query library: the path is its name. */
export function getQuery<T>(client: ApiClient, path: string, parser: Parser<T>) {
  return {
    queryKey: [path] as const,
    queryFn: ({ signal }: { signal: AbortSignal }) => client.get(path, parser, signal),
  };
}

/** The answer of one GET, kept fresh while it is shown; `soon` says after how many ms this answer is asked for again. */
export function useGet<T>(path: string, parser: Parser<T>, soon?: (data: T | undefined) => number | undefined) {
  const query = getQuery(useApi(), path, parser);
  return useQuery({ ...query, refetchInterval: ({ state }) => soon?.(state.data) ?? POLL_MS });
}

/** A function that asks everything shown again, for after a decision. */
export function useRefresh(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries();
}
