import { spawn, type ChildProcess } from 'node:child_process';
import { sleep, type Logger } from '@ao/kernel';
import type pg from 'pg';
import { StartupError } from '@ao/kernel';
import { executable, type PostgresBinaries } from './binaries.js';
import type { DataFolder } from './data-folder.js';
import { damagedCluster } from './initialise-cluster.js';
import { becomeOwner } from './owner-session.js';
import { clusterInUse } from './settle-predecessor.js';
import { stopPostmaster } from './stop-process.js';

/** A running server that we own. */
export interface Postmaster {
  child: ChildProcess;
  ownerSession: pg.Client;
}

export interface PostmasterOptions {
  folder: DataFolder;
  binaries: PostgresBinaries;
  port: number;
  connectionsMax: number;
  logger: Logger;
}

/** Will pass: the port was taken between choosing and binding it, or children of a killed server are still ending. */
export class StartAgain extends Error {}

const READY_TIMEOUT_MS = 60_000;
const READY_CHECK_EVERY_MS = 25;
const STOP_TIMEOUT_MS = 5_000;
const LINES_KEPT_MAX = 20;
/** FATAL is left out: it says that one connection ended, and a failed start is reported with its reason anyway. */
const WORTH_A_WARNING = / PANIC: |was terminated by signal|out of memory|No space left/;

/**
 * Starts PostgreSQL and waits until we own it.
 *
 * @throws StartAgain to be tried again on another port; StartupError when the data cannot be opened or is in use
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const child = spawnServer(options);
  const lines = collectLines(child, options.logger);
  try {
    return { child, ownerSession: await waitUntilOwned(child, lines, options) };
  } catch (error) {
    if (child.exitCode === null && child.pid !== undefined) await stopPostmaster(child.pid, STOP_TIMEOUT_MS);
    throw error;
  }
}

function spawnServer({ folder, binaries, port, connectionsMax }: PostmasterOptions): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    max_connections: connectionsMax,
    fsync: 'on',
    synchronous_commit: 'on',
    timezone: 'UTC',
    logging_collector: 'off',
    // Values and statements may carry what users wrote; neither belongs in a log.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
  };
  return spawn(
    executable(binaries, 'postgres'),
    ['-D', folder.clusterDirectory, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // Its own session: Ctrl-C in a terminal must reach us alone, so that the services drain before the database stops.
    {
      ...folder.account,
      cwd: folder.clusterDirectory,
      env: { LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  );
}

/** Passes the server's log on and keeps its last lines. */
function collectLines(child: ChildProcess, logger: Logger): string[] {
  const lines: string[] = [];
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
    for (const line of chunk.split('\n').filter(Boolean)) {
      lines.push(line);
      if (WORTH_A_WARNING.test(line)) logger.warn({ line }, 'embedded database');
      else logger.debug({ line }, 'embedded database');
    }
    lines.splice(0, Math.max(0, lines.length - LINES_KEPT_MAX));
  });
  return lines;
}

async function waitUntilOwned(child: ChildProcess, lines: string[], options: PostmasterOptions): Promise<pg.Client> {
  let spawnFailure: Error | undefined;
  let closed = false;
  child.once('error', (error) => (spawnFailure = error));
  child.once('close', () => (closed = true));
  for (
    const startedMs = performance.now();
    performance.now() - startedMs < READY_TIMEOUT_MS;
    await sleep(READY_CHECK_EVERY_MS)
  ) {
    if (spawnFailure)
      throw new StartupError(
        `The built-in PostgreSQL cannot run: ${spawnFailure.message}. Reinstall, or set DATABASE_URL.`,
      );
    if (closed) throw explainExit(lines, options.folder.clusterDirectory);
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const attempt = await becomeOwner(options.port, options.folder.password, options.logger);
    if (attempt.kind === 'owner') return attempt.session;
    if (attempt.kind === 'owned') throw clusterInUse(options.folder.clusterDirectory);
    if (attempt.kind === 'broken') throw damagedCluster(options.folder.clusterDirectory, attempt.reason);
    if (attempt.kind === 'denied') {
      throw new StartupError(
        `The password file in the data folder is not that of the database in ${options.folder.clusterDirectory}. Restore the right one.`,
      );
    }
  }
  throw damagedCluster(options.folder.clusterDirectory, `it was not ready within ${READY_TIMEOUT_MS / 1_000} seconds`);
}

function explainExit(lines: readonly string[], clusterDirectory: string): Error {
  const text = lines.join('\n');
  if (/could not bind|shared memory block .* still in use/.test(text)) return new StartAgain(text);
  if (text.includes('lock file "postmaster.pid" already exists')) return clusterInUse(clusterDirectory);
  const fatal = lines.findLast((line) => / (FATAL|PANIC): /.test(line)) ?? lines.at(-1) ?? 'it stopped without a word';
  return damagedCluster(clusterDirectory, fatal.replace(/^.*?(FATAL|PANIC): +/, ''));
}
