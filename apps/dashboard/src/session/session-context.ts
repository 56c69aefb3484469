import { createContext, use, useSyncExternalStore } from 'react';
import type { Session, SessionStore } from './session.js';

export const SessionContext = createContext<SessionStore | null>(null);

/** The store above; a component outside of it is a mistake in the program. */
export function useSessionStore(): SessionStore {
  const store = use(SessionContext);
  if (!store) throw new Error('a component stands outside of SessionContext');
  return store;
}

/** Who is signed in; renders again when that changes. */
export function useSession(): Session | null {
  const store = useSessionStore();
  return useSyncExternalStore(store.subscribe, store.current);
}
