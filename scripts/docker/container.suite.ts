import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { guardProcess } from '../../libs/testing/src/index.js';
import { inRoot } from '../lib/paths.mjs';

const OUTPUT_LENGTH_MAX = 20_000;

/** Runs a program of this Node in a folder, with these variables and no others. */
export function runNode(args: string[], cwd: string, environment: Record<string, string>): Running {
  const child = spawn(process.execPath, args, {
    cwd,
    // What the image of Node sets; nothing of the tests' own environment may help.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const running: Running = {
    output: '',
    exited: once(child, 'exit').then(([code]) => code as number | null),
    stop: () => {
      child.kill('SIGTERM');
      return running.exited;
    },
  };
  const keep = (chunk: Buffer): void =>
    void (running.output = (running.output + String(chunk)).slice(-OUTPUT_LENGTH_MAX));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const release = guardProcess(child.pid!);
  void running.exited.then(release);
  return running;
}

export interface Running {
  /** Both streams, the last part of them. */
  output: string;
  exited: Promise<number | null>;
  /** SIGTERM, as a container is stopped. */
  stop(): Promise<number | null>;
}

/** Does what the Dockerfile does for a service, into an empty folder. */
export async function buildImage(service: string, folder: string): Promise<void> {
  const collecting = runNode([inRoot('scripts/docker/collect.mjs'), service, folder], inRoot(), { CI: 'true' });
  if ((await collecting.exited) !== 0) throw new Error(`${service} could not be collected:\n${collecting.output}`);
  await cp(inRoot('deploy/docker/healthcheck.mjs'), join(folder, 'healthcheck.mjs'));
}

/** A variable of docker-compose.yml with `${NAME:-default}` and `${NAME:?message}` filled in. */
export const fillIn = (text: string, values: Record<string, string>): string =>
  text.replaceAll(/\$\{(\w+):([?-])([^}]*)\}/g, (_, name: string, mark: string, rest: string) => {
    const value = values[name] ?? (mark === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name}: ${rest}`);
    return value;
  });
