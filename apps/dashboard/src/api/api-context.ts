import { createContext, use } from 'react';
import type { ApiClient } from './client.js';

export const ApiContext = createContext<ApiClient | null>(null);

/** The client of the signed-in key. */
export function useApi(): ApiClient {
  const api = use(ApiContext);
  if (!api) throw new Error('a component stands outside of ApiContext');
  return api;
}
