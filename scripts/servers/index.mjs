import { StepFailure } from '../lib/failure.mjs';
import { chromium, nats, redis } from './catalogue.mjs';
import { findServer } from './find.mjs';
import { installServer } from './install.mjs';

/** @typedef {import('./catalogue.mjs').ServerProgram} ServerProgram */

/**
 * Finds or installs one server program.
 * @param {ServerProgram} server
 * @param {(server: ServerProgram) => Promise<string>} [install] gives the installer's output
 * @returns {Promise<Record<string, string>>} the environment variable that tells tests where it is; empty when a URL names a running one
 * @throws {StepFailure} when it cannot be had: tests are never skipped silently
 */
export async function ensureServer(server, install = installServer) {
  if (process.env[server.urlVariable]) return {};
  const given = process.env[server.pathVariable];
  if (given) return { [server.pathVariable]: given };
  const present = await findServer(server);
  if (present) return { [server.pathVariable]: present };
  const tail = await install(server);
  const installed = await findServer(server);
  if (installed) return { [server.pathVariable]: installed };
  throw new StepFailure(
    `${server.title} ${server.versionMin.join('.')} or newer is needed: ${server.advice}, or set ${server.urlVariable}.`,
    { tail },
  );
}

/**
 * The real servers that integration and end-to-end tests run against, and a browser when a test asks for one.
 * @param {string[]} specTexts texts of the spec files
 * @returns {Promise<Record<string, string>>} environment for the tests
 * @throws {StepFailure}
 */
export async function ensureTestServers(specTexts) {
  const needsBrowser = specTexts.some((text) => text.includes(chromium.pathVariable));
  const wanted = [nats, redis, ...(needsBrowser ? [chromium] : [])];
  /** @type {Record<string, string>} */
  const env = {};
  for (const server of wanted) Object.assign(env, await ensureServer(server));
  return env;
}
