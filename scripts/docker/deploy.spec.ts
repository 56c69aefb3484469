import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { inRoot } from '../lib/paths.mjs';
import { closureOf } from './closure.mjs';

interface Service {
  image?: string;
  build?: { context: string; args: { SERVICE: string } };
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  volumes?: string[];
}

const compose = parse(readFileSync(inRoot('docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build && build.args.SERVICE !== 'standalone');

describe('docker-compose.yml', () => {
  it('has every service of the platform in a container of its own', () => {
    const expected = [
      'agents',
      'analytics',
      'gateway',
      'governance',
      'identity',
      'metering',
      'notification',
      'routing',
      'wallet',
    ];
    expect(ours.map(([name]) => name).toSorted()).toEqual(expected);
    for (const [name, { build }] of ours) expect(build?.args.SERVICE).toBe(name);
  });

  it('tells every service where the servers are and how to seal secrets', () => {
    const needed = ['NATS_URL', 'DATABASE_URL', 'REDIS_URL', 'CLICKHOUSE_URL', 'AO_MASTER_KEY', 'AO_KEY_PEPPER'];
    for (const [, { environment }] of ours)
      expect(Object.keys(environment ?? {})).toEqual(expect.arrayContaining(needed));
  });

  it('checks the health of every container that stays up', () => {
    for (const [name, { healthcheck }] of services.filter(([each]) => each !== 'migrate')) {
      expect([name, healthcheck?.test?.length]).toEqual([name, expect.any(Number)]);
    }
  });

  it('starts services after the migrations, and waits only for what can become ready', () => {
    for (const [, { depends_on: needs = {} }] of ours)
      expect(needs.migrate?.condition).toBe('service_completed_successfully');
    for (const [, { depends_on: needs = {} }] of services) {
      for (const name of Object.keys(needs)) expect(Object.keys(compose.services)).toContain(name);
    }
  });

  it('pins every image and declares every volume', () => {
    for (const image of services.flatMap(([, service]) => service.image ?? [])) expect(image).toMatch(/:[0-9]/);
    for (const [, { volumes = [] }] of services) {
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    }
  });

  it('carries no secret of its own: each must come from the environment', () => {
    const text = readFileSync(inRoot('docker-compose.yml'), 'utf8');
    for (const match of text.matchAll(/^\s*\w*(?:PASSWORD|KEY|PEPPER): (.+)$/gm))
      expect(match[1]).toMatch(/^\$\{\w+:\?/);
  });
});

describe('Dockerfile', () => {
  const stages = readFileSync(inRoot('Dockerfile'), 'utf8')
    .split(/^FROM /m)
    .slice(1);

  it('builds in one stage and ships another, which runs as a plain user', () => {
    expect(stages).toHaveLength(2);
    expect(stages[1]).toMatch(/^USER node$/m);
    expect(stages[1]).toContain('HOST=0.0.0.0');
    expect(stages[1]).toMatch(/^HEALTHCHECK /m);
  });

  it('ships nothing but what was collected for the service', () => {
    const copies = (stages[1] ?? '').split('\n').filter((line) => line.startsWith('COPY'));
    expect(copies).toEqual(['COPY --from=build --chown=root:root /out /app']);
  });
});

describe('the packages of a service', () => {
  const manifests = new Map([
    ['@ao/wallet', { folder: 'apps/wallet', dependencies: ['@ao/bus', 'zod'] }],
    ['@ao/bus', { folder: 'libs/bus', dependencies: ['@ao/kernel'] }],
    ['@ao/kernel', { folder: 'libs/kernel', dependencies: [] }],
    ['@ao/wire', { folder: 'libs/wire', dependencies: ['@ao/kernel'] }],
  ]);

  it('are those that it reaches, and no others', () => {
    expect(closureOf(manifests, '@ao/wallet')).toEqual(['@ao/bus', '@ao/kernel', '@ao/wallet']);
  });

  it('cannot be told of a service that does not exist', () => {
    expect(() => closureOf(manifests, '@ao/none')).toThrow('@ao/none is no package');
  });
});
