import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { guardFolder } from './guardian.js';

export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
}

/** A folder that is gone after the tests, also when they crash. Others may enter it: PostgreSQL runs as another user. */
export async function temporaryFolder(name = 'test'): Promise<TemporaryFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), `ao-${name}-`));
  await chmod(folder, 0o755);
  const release = guardFolder(folder);
  return {
    path: folder,
    async remove() {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      release();
    },
  };
}
