// Gathers what one service needs at run time, and nothing else: `node scripts/docker/collect.mjs wallet /out`, after a build.
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from '../bootstrap/index.mjs';
import { ensurePnpm } from '../bootstrap/packages.mjs';
import { reportFailure } from '../lib/console.mjs';
import { StepFailure } from '../lib/failure.mjs';
import { inRoot, workspacePackages } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';
import { closureOf } from './closure.mjs';

/** What one service needs of the others' files although it imports nothing of them. */
/** @type {Record<string, string[]>} */
const assets = { gateway: ['apps/dashboard/dist'], standalone: ['apps/dashboard/dist'], migrate: ['prisma'] };

const [service = '', target = ''] = process.argv.slice(2);
try {
  if (!service || !target) throw new StepFailure('usage: node scripts/docker/collect.mjs <service> <empty folder>');
  await collect();
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}

async function collect() {
  const { node, env } = await bootstrap();
  const manifests = readManifests();
  for (const path of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs']) copy(path);
  for (const name of closureOf(manifests, `@ao/${service}`)) {
    const { folder, files } = manifests.get(name) ?? { folder: '', files: [] };
    for (const path of ['package.json', ...files]) copy(`${folder}/${path}`);
    if (folder.startsWith('apps/')) copy(folder.replace('apps', 'prisma'));
  }
  for (const path of assets[service] ?? []) copy(path);
  // The embedded database engines are optional packages; a service of a cluster is told where real servers are.
  const leaveOut = service === 'standalone' ? [] : ['--no-optional'];
  const { code, tail } = await runQuietly(
    node,
    [await ensurePnpm(), 'install', '--prod', '--frozen-lockfile', ...leaveOut],
    {
      cwd: target,
      env: { ...env, CI: 'true' },
    },
  );
  if (code !== 0) throw new StepFailure(`the run-time packages of ${service} could not be installed`, { tail });
}

/**
 * `files` is what a package needs of its folder to run: what it is built into, unless its package.json says more.
 * @returns {Map<string, import('./closure.mjs').Manifest & { files: string[] }>}
 */
function readManifests() {
  return new Map(
    workspacePackages().map(({ folder }) => {
      const {
        name,
        dependencies,
        optionalDependencies,
        files = ['dist'],
      } = JSON.parse(readFileSync(inRoot(folder, 'package.json'), 'utf8'));
      return [name, { folder, files, dependencies: Object.keys({ ...dependencies, ...optionalDependencies }) }];
    }),
  );
}

/** @param {string} path relative to the root; nothing happens when it is not there */
function copy(path) {
  if (!existsSync(inRoot(path))) return;
  mkdirSync(join(target, path, '..'), { recursive: true });
  cpSync(inRoot(path), join(target, path), { recursive: true, filter: (file) => !file.endsWith('.tsbuildinfo') });
}
