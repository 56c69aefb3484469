import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error.js';

const RETRIES_MAX = 2;
const FRESH_MS = 10_000;
const NOT_CONFIGURED = 501;

/** One per session, so that nothing of one key is ever shown to another. */
export function makeQueryClient(onKeyRefused: () => void): QueryClient {
  const onError = (error: unknown): void => {
    if (error instanceof ApiError && error.status === 401) onKeyRefused();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { staleTime: FRESH_MS, retry: (failures, error) => failures < RETRIES_MAX && isWorthRetrying(error) },
      // A key that was created twice is one that nobody looks after.
      mutations: { retry: false },
    },
  });
}

const isWorthRetrying = (error: unknown): boolean =>
  error instanceof ApiError && error.retryable && error.status !== NOT_CONFIGURED;
