import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../lib/console.mjs';
import { StepFailure } from '../lib/failure.mjs';
import { folderNames, inRoot, toolsFolder } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';
import { tools } from '../lib/tools.mjs';
import { contentHash, isDone, markDone } from './state.mjs';

/** @param {string} service */
const generatedFolder = (service) => inRoot('apps', service, 'src', 'adapters', 'postgres', 'generated');

/**
 * Generates the Prisma client of every service that has a schema and whose client is missing or stale.
 * @param {string} node path of the node binary
 * @param {NodeJS.ProcessEnv} env
 */
export async function ensurePrismaClients(node, env) {
  const stale = folderNames(inRoot('prisma'))
    .filter((service) => existsSync(inRoot('prisma', service, 'schema.prisma')))
    .map((service) => ({ service, fingerprint: contentHash([`prisma/${service}/schema.prisma`, 'pnpm-lock.yaml']) }))
    .filter(
      ({ service, fingerprint }) => !isDone(`prisma:${service}`, fingerprint) || !existsSync(generatedFolder(service)),
    );
  if (stale.length === 0) return;
  await step(`Generating database clients (${stale.map(({ service }) => service).join(', ')})`, async () => {
    for (const { service, fingerprint } of stale) {
      await generate(node, env, service);
      markDone(`prisma:${service}`, fingerprint);
    }
  });
}

/**
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @param {string} service
 */
async function generate(node, env, service) {
  const logFile = join(toolsFolder, 'logs', `prisma-${service}.log`);
  const { code, tail } = await runQuietly(
    node,
    [tools.prisma(), 'generate', '--schema', `prisma/${service}/schema.prisma`],
    {
      // Generating needs no schema engine, yet Prisma would download one first; a program that fails keeps it from trying.
      env: {
        ...env,
        PRISMA_SCHEMA_ENGINE_BINARY: '/bin/false',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
      logFile,
    },
  );
  if (code !== 0) {
    throw new StepFailure(
      `The database client of ${service} could not be generated: mend prisma/${service}/schema.prisma.`,
      {
        tail,
        logFile,
      },
    );
  }
}
