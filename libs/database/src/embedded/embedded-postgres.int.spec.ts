import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { guardProcess, temporaryFolder, waitFor, type TemporaryFolder } from '@ao/testing';
import pg from 'pg';
import { isAlive } from './postmaster-file.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './start-embedded-postgres.js';

const LOADER = new URL('../../../testing/jest/load-sources.mjs', import.meta.url).href;
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const START_TIMEOUT_MS = 20_000;
jest.setTimeout(60_000);

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Another process of ours that keeps a server on the folder until it is killed. */
async function startHolder(dataDirectory: string): Promise<{ holder: ChildProcess; postgresPid: number }> {
  const program = `
    import { startEmbeddedPostgres } from '@ao/database';
    const server = await startEmbeddedPostgres({ dataDirectory: process.argv[1] });
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--import', LOADER, '--input-type=module', '-e', program, dataDirectory], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  guardProcess(holder.pid!);
  for await (const line of createInterface({ input: holder.stdout })) {
    guardProcess(Number(line));
    return { holder, postgresPid: Number(line) };
  }
  throw new Error('the other process did not start a server');
}

describe('startEmbeddedPostgres', () => {
  let folder: TemporaryFolder;
  let server: EmbeddedPostgres | undefined;

  const start = async (options: { dataDirectory?: string; sharedHome?: string } = {}): Promise<EmbeddedPostgres> => {
    server = await startEmbeddedPostgres({ dataDirectory: path.join(folder.path, 'data'), ...options });
    guardProcess(server.pid!);
    return server;
  };

  beforeEach(async () => {
    folder = await temporaryFolder('embedded');
  });

  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await folder.remove();
  });

  it('keeps the data over a clean stop, with durable writes and a private password', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    expect(await query(first.url, "SELECT current_setting('fsync') AS fsync")).toEqual([{ fsync: 'on' }]);
    const { mode } = await stat(path.join(folder.path, 'data', 'password'));
    expect(mode & 0o777).toBe(0o600);
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it('listens on the loopback interface only and wants the password', async () => {
    const { url } = await start();
    expect(
      await query(
        url,
        "SELECT current_setting('listen_addresses') AS at, current_setting('unix_socket_directories') AS sockets",
      ),
    ).toEqual([{ at: '127.0.0.1', sockets: '' }]);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.toString(), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('refuses a second start on the same folder with one clear line', async () => {
    await start();
    await expect(startEmbeddedPostgres({ dataDirectory: path.join(folder.path, 'data') })).rejects.toThrow(
      /^Another process is using the database in .*data\/cluster\. Stop it, or set another data folder or DATABASE_URL\.$/,
    );
  });

  it('lets exactly one of three processes that start together have a new folder', async () => {
    const dataDirectory = path.join(folder.path, 'data');
    const starts = await Promise.allSettled([1, 2, 3].map(() => startEmbeddedPostgres({ dataDirectory })));
    const started = starts.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    server = started[0];
    expect(started).toHaveLength(1);
    const refusals = starts.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
    expect(refusals).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('Another process is using')));
  });

  it('takes over from a killed process whose server is still running, losing nothing committed', async () => {
    const dataDirectory = path.join(folder.path, 'data');
    const { holder, postgresPid } = await startHolder(dataDirectory);
    await expect(startEmbeddedPostgres({ dataDirectory })).rejects.toThrow('Another process is using');
    holder.kill('SIGKILL');
    expect(isAlive(postgresPid)).toBe(true);
    const { url, pid } = await start();
    expect(pid).not.toBe(postgresPid);
    expect(isAlive(postgresPid)).toBe(false);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('recovers when both the process and its server were killed, as by a power cut', async () => {
    const dataDirectory = path.join(folder.path, 'data');
    const { holder, postgresPid } = await startHolder(dataDirectory);
    process.kill(postgresPid, 'SIGKILL');
    holder.kill('SIGKILL');
    await waitFor(() => !isAlive(postgresPid), { timeoutMs: START_TIMEOUT_MS });
    expect((await readFile(path.join(dataDirectory, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]).toBe(
      String(postgresPid),
    );
    expect(await query((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts although the process number of a killed server now belongs to someone else', async () => {
    const first = await start();
    const { clusterDirectory } = first;
    const file = path.join(clusterDirectory, 'postmaster.pid');
    const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
    await first.stop();
    const stranger = spawn('sleep', ['60']);
    const { uid, gid } = await stat(clusterDirectory);
    await writeFile(file, [stranger.pid, ...rest].join('\n'));
    await chown(file, uid, gid);
    try {
      expect(await query((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      stranger.kill();
    }
  });

  it('starts the server again at the same address when it crashes', async () => {
    const running = await start();
    await query(running.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    const killed = running.pid!;
    process.kill(killed, 'SIGKILL');
    const rows = await waitFor(
      async () => running.pid !== killed && (await query(running.url, 'SELECT one FROM kept')),
      { timeoutMs: START_TIMEOUT_MS },
    );
    expect(rows).toEqual([{ one: 1 }]);
  });

  it('stops within its time when a client holds on', async () => {
    const running = await start();
    const client = new pg.Client({ connectionString: running.url });
    client.on('error', () => undefined);
    await client.connect();
    const busy = client.query('SELECT pg_sleep(60)').catch((error: Error) => error.message);
    const startedMs = performance.now();
    await running.stop(3_000);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(await busy).toMatch(/terminat/);
    await running.stop();
  });

  it.each(['PG_VERSION', 'global/pg_control', 'global/pg_filenode.map', 'pg_wal'])(
    'says what to do when %s is lost',
    async (lost) => {
      const first = await start();
      const { clusterDirectory } = first;
      await first.stop();
      await rm(path.join(clusterDirectory, lost), { recursive: true });
      await expect(start()).rejects.toThrow(
        /^The database in .*cluster cannot be opened: .+\. Restore that folder from a backup, move it away to start empty, or set DATABASE_URL\.$/,
      );
    },
  );

  it('says what to do when the password is lost or wrong', async () => {
    const password = path.join(folder.path, 'data', 'password');
    await (await start()).stop();
    await writeFile(password, 'wrong\n');
    await expect(start()).rejects.toThrow(/password file in the data folder is not that of the database/);
    await rm(password);
    await expect(start()).rejects.toThrow(/password is missing or unreadable/);
  });

  it('keeps the data where PostgreSQL can reach it when the folder is closed to others, and finds it again', async () => {
    const closed = path.join(folder.path, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o700);
    const options = { dataDirectory: path.join(closed, 'data'), sharedHome: path.join(folder.path, 'shared') };
    const first = await start(options);
    // Only root has to move it: PostgreSQL then runs as somebody else.
    expect(first.clusterDirectory).toContain(process.getuid?.() === 0 ? options.sharedHome : options.dataDirectory);
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    await first.stop();
    const second = await start(options);
    expect(second.clusterDirectory).toBe(first.clusterDirectory);
    expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });
});
