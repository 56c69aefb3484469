import { useMemo, useSyncExternalStore } from 'react';
import { parseRoute, toHref, type Route } from './route.js';

function subscribe(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange);
  return () => window.removeEventListener('hashchange', onChange);
}

/** The route of the address bar; renders again when it changes. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}

/** Goes elsewhere; `replace` leaves no step behind for the back button. */
export function navigate(to: Parameters<typeof toHref>[0], { replace = false } = {}): void {
  if (replace) window.location.replace(toHref(to));
  else window.location.hash = toHref(to);
}
