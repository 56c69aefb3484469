import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { waitFor } from './wait-for.js';

jest.setTimeout(60_000);

const LOADER = new URL('../jest/load-sources.mjs', import.meta.url).href;
const PROGRAM = `
  import { startNats, startRedis, startPostgres, temporaryFolder } from '@ao/testing';
  const folder = await temporaryFolder();
  const [nats, redis] = await Promise.all([startNats(), startRedis(), startPostgres()]);
  console.log(JSON.stringify({ folder: folder.path, pids: [nats.pid, redis.pid] }));
  setInterval(() => {}, 1000);`;

/** A zombie has no command line: dead, though its number is still taken. */
const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}/exe`);

describe('guardian', () => {
  it('ends every server and removes every folder of a test process that was killed', async () => {
    const child = spawn(process.execPath, ['--import', LOADER, '--input-type=module', '-e', PROGRAM], {
      cwd: fileURLToPath(new URL('../../../', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { folder, pids } = JSON.parse(line) as { folder: string; pids: number[] };
    expect(existsSync(folder)).toBe(true);
    expect(pids.every(isRunning)).toBe(true);
    child.kill('SIGKILL');
    await waitFor(() => !pids.some(isRunning), { timeoutMs: 10_000, description: 'the servers to be gone' });
    await waitFor(() => !existsSync(folder), { timeoutMs: 10_000, description: 'the folder to be gone' });
  });
});
