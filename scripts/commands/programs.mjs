import { existsSync } from 'node:fs';
import { bootstrap } from '../bootstrap/index.mjs';
import { StepFailure } from '../lib/failure.mjs';
import { inRoot } from '../lib/paths.mjs';
import { runAttached } from '../lib/process.mjs';

/**
 * A command that makes everything ready and then becomes a built program: its terminal, signals and exit code.
 * @param {string} entry path of the program's JavaScript, relative to the root
 * @param {string} summary
 * @param {string} usage
 * @returns {import('./index.mjs').Command}
 */
function program(entry, summary, usage) {
  return {
    summary,
    usage,
    async run(args) {
      const { node } = await bootstrap();
      if (!existsSync(inRoot(entry))) {
        throw new StepFailure(`${entry} is not there after the build: is its package referenced in tsconfig.json?`);
      }
      return runAttached(node, ['--enable-source-maps', inRoot(entry), ...args]);
    },
  };
}

const addressUsage =
  'Environment: HOST (127.0.0.1), PORT (3456), AO_DATA_DIR (.data), AO_ADMIN_KEY, AO_CONFIG (a YAML file).';

export const start = program(
  'apps/standalone/dist/main.js',
  'install what is missing, build, and run the whole platform in one process',
  addressUsage,
);

export const cluster = program(
  'apps/standalone/dist/cluster.js',
  'run one process per service on this machine, against real servers',
  `${addressUsage}\nNATS_URL, DATABASE_URL, REDIS_URL, CLICKHOUSE_URL name the servers.`,
);

export const migrate = program(
  'apps/migrate/dist/main.js',
  'bring the database schema of every service up to date',
  'Environment: DATABASE_URL. Without one npm start migrates its embedded database by itself.',
);

export const bench = program(
  'packages/bench/dist/main.js',
  'measure the gateway against a bare proxy on this machine',
  'Arguments are passed to the benchmark; see packages/bench/README.md.',
);

export const simulate = program(
  'packages/simulation/dist/main.js',
  'run the money path in simulated worlds full of faults, by seed',
  '--seeds N, --seed S to replay one, --json FILE; see packages/simulation/README.md.',
);

export const settings = program(
  'apps/standalone/dist/describe-settings.js',
  'write .env.example anew from the settings that the services define',
  'No arguments.',
);
