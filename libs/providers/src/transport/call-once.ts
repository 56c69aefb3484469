import type { Clock } from '@ao/kernel';
import type { ProviderReach } from '../provider-target.js';
import { UpstreamPool, type PoolCall } from './upstream-pool.js';

/** A call to a server that is asked too rarely for connections to be kept: for tokens, or for a list of models. */
export async function callOnce(
  { origin, reach }: { origin: string; reach: ProviderReach },
  call: PoolCall,
  bytesMax: number,
  clock: Clock,
): Promise<{ status: number; body: Buffer }> {
  const pool = new UpstreamPool({ origin, connectMs: call.timeouts.connectMs, connectionsMax: 1, reach }, clock);
  try {
    const { status, body } = await pool.send(call);
    return { status, body: await body.collect(bytesMax) };
  } finally {
    await pool.close(0);
  }
}
