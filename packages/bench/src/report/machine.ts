import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where and with what a run was made, for whoever compares two of them. */
export interface Circumstances {
  startedAt: string;
  /** Of the repository; null outside of one. */
  commit: string | null;
  versions: Record<string, string>;
  machine: { cpu: string; cores: number; memoryMegabytes: number; system: string; loadAverage: number };
}

const REPOSITORY = new URL('../../../../', import.meta.url);

/** @param startedAtMs wall clock */
export async function readCircumstances(startedAtMs: number): Promise<Circumstances> {
  return {
    startedAt: new Date(startedAtMs).toISOString(),
    commit: await readCommit(),
    versions: {
      node: process.versions.node,
      v8: process.versions.v8,
      undici: await versionOf('undici'),
      fastify: await versionOf('fastify'),
    },
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryMegabytes: Math.round(totalmem() / 1_048_576),
      system: `${platform()} ${release()} ${arch()}`,
      // Above the number of cores others were at work, and the figures are of little use.
      loadAverage: loadavg()[0]!,
    },
  };
}

async function versionOf(name: string): Promise<string> {
  const manifest = JSON.parse(
    await readFile(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8'),
  ) as { version: string };
  return manifest.version;
}

/** Read from the files of git itself: no other program is needed. */
async function readCommit(): Promise<string | null> {
  const read = (path: string | URL): Promise<string> => readFile(path, 'utf8').then((text) => text.trim());
  try {
    // In a linked work tree `.git` is a file that names the folder, and branches are kept in the common one.
    const pointer = await read(new URL('.git', REPOSITORY)).catch(() => null);
    const folder = pointer?.replace(/^gitdir: /, '') ?? new URL('.git', REPOSITORY).pathname;
    const common = await read(`${folder}/commondir`).then(
      (path) => `${folder}/${path}`,
      () => folder,
    );
    const head = await read(`${folder}/HEAD`);
    if (!head.startsWith('ref: ')) return head;
    const branch = head.slice('ref: '.length);
    return await read(`${common}/${branch}`).catch(async () => {
      const packed = await read(`${common}/packed-refs`);
      return (
        packed
          .split('\n')
          .find((line) => line.endsWith(` ${branch}`))
          ?.split(' ')[0] ?? null
      );
    });
  } catch {
    return null;
  }
}
