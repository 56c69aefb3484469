import { randomInt } from 'node:crypto';
import { mkdir, open, stat, utimes } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Below the ports that systems give to outgoing connections, where a free one may be taken a moment later. */
const FIRST = 20_000;
const LAST = 30_000;
const ATTEMPTS_MAX = 50;
/** Long after whoever claimed a port listens on it, or has gone. */
const CLAIM_MS = 10 * 60_000;
const CLAIMS = join(tmpdir(), 'ao-test-ports');

/**
 * The first of `count` ports in a row that are all free: a cluster's probes follow its gateway. A platform listens only
 * seconds after it was given its port, so ports are claimed by a file until then: other tests start platforms meanwhile.
 */
export async function freePorts(count: number): Promise<number> {
  await mkdir(CLAIMS, { recursive: true });
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const first = randomInt(FIRST, LAST);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(async (port) => (await isFree(port)) && claim(port)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no ${count} free ports in a row`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function claim(port: number): Promise<boolean> {
  const file = join(CLAIMS, String(port));
  const made = await open(file, 'wx').catch(() => null);
  if (made) {
    await made.close();
    return true;
  }
  const now = new Date();
  const { mtime } = await stat(file);
  if (now.getTime() - mtime.getTime() < CLAIM_MS) return false;
  await utimes(file, now, now);
  return true;
}
