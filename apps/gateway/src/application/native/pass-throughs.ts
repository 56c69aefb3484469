import { PASS_THROUGH_VENDOR, type ConfigPassThrough } from '@ao/config';
import type { NativeCall } from '../calls/call.js';
import type { Provider } from '@ao/router';

interface PassThrough extends Pick<ConfigPassThrough, 'path' | 'methods' | 'free'> {
  provider: Provider;
}

const TIMEOUTS = { connectMs: 5_000, firstByteMs: 120_000, idleMs: 60_000, totalMs: 600_000 };

/** The operator's own routes (GW-012), as AO_CONFIG last said. */
export class PassThroughs {
  /** The longest path first: it is the closest. */
  private routes: PassThrough[] = [];

  /** @returns the targets, for the connectors. */
  replace(configured: readonly ConfigPassThrough[]): Provider[] {
    this.routes = configured
      .map(({ path, methods, free, target, headers }) => ({
        path,
        methods,
        free,
        provider: toProvider(path, target, headers),
      }))
      .sort((a, b) => b.path.length - a.path.length);
    return this.routes.map(({ provider }) => provider);
  }

  /** What a request becomes; null when no route is meant. @param path As it came, without the query. */
  find(method: string, path: string): Pick<NativeCall, 'provider' | 'path' | 'priceName' | 'free'> | null {
    const route = this.routes.find((known) => path === known.path || path.startsWith(`${known.path}/`));
    if (!route || (route.methods !== null && !route.methods.includes(method))) return null;
    const { provider, free } = route;
    return { provider, free, path: path.slice(route.path.length + 1), priceName: `native:${route.path}` };
  }
}

const toProvider = (path: string, baseUrl: string, headers: Readonly<Record<string, string>>): Provider => ({
  id: `pass-through:${path}`,
  name: path,
  kind: 'pass_through',
  vendor: PASS_THROUGH_VENDOR,
  baseUrl,
  apiKey: JSON.stringify(headers),
  organisation: null,
  timeouts: TIMEOUTS,
  connectionsMax: 64,
  region: null,
});
