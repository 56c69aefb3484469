/**
 * @typedef {object} ServerProgram
 * @property {string} title for people
 * @property {string[]} binaries names to look for, best first
 * @property {readonly [number, number]} versionMin major, minor
 * @property {string} urlVariable a running server named here is used instead of starting one
 * @property {string} pathVariable how tests learn the binary's path
 * @property {string} aptPackage
 * @property {string} [goModule] for machines where apt cannot help but Go is there
 * @property {string} advice what a person can install
 */

/** @type {ServerProgram} */
export const nats = {
  title: 'NATS server',
  binaries: ['nats-server'],
  versionMin: [2, 9],
  urlVariable: 'TEST_NATS_URL',
  pathVariable: 'AO_TEST_NATS_SERVER',
  aptPackage: 'nats-server',
  goModule: 'github.com/nats-io/nats-server/v2@v2.12.3',
  advice: 'install nats-server (apt install nats-server, brew install nats-server)',
};

/** @type {ServerProgram} */
export const redis = {
  title: 'Redis server',
  binaries: ['redis-server', 'valkey-server'],
  versionMin: [7, 0],
  urlVariable: 'TEST_REDIS_URL',
  pathVariable: 'AO_TEST_REDIS_SERVER',
  aptPackage: 'redis-server',
  advice: 'install Redis or Valkey (apt install redis-server, brew install redis)',
};

/** @type {ServerProgram} */
export const chromium = {
  title: 'Chromium',
  binaries: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  versionMin: [110, 0],
  urlVariable: 'TEST_CHROMIUM_URL',
  pathVariable: 'AO_TEST_CHROMIUM',
  aptPackage: 'chromium',
  advice: 'install Chromium or Chrome (apt install chromium, brew install chromium)',
};
