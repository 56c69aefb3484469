import { readFileSync } from 'node:fs';
import { parseModelConfig } from '../../libs/config/src/index.js';
import { inRoot } from '../lib/paths.mjs';
import { closureOf } from './closure.mjs';
import { compose, deployed } from './compose.suite.js';

const services = Object.entries(compose.services);

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
    expect(deployed.map(([name]) => name).toSorted()).toEqual(expected);
    for (const [name, { build }] of deployed) expect(build?.args.SERVICE).toBe(name);
  });

  it('tells every service where the servers are and how to seal secrets', () => {
    const needed = ['NATS_URL', 'DATABASE_URL', 'AO_MASTER_KEY', 'AO_KEY_PEPPER'];
    for (const [, { environment }] of deployed)
      expect(Object.keys(environment ?? {})).toEqual(expect.arrayContaining(needed));
  });

  it.each([
    ['AO_ADMIN_KEY', ['identity']],
    ['CLICKHOUSE_URL', ['analytics']],
    ['REDIS_URL', ['gateway']],
    ['AO_GATEWAY_URL', ['agents']],
    ['AO_CONFIG', ['metering', 'routing']],
  ])('gives %s to those that need it, and to no others', (variable, needing) => {
    const told = services.filter(([, { environment = {} }]) => variable in environment);
    expect(told.map(([name]) => name).toSorted()).toEqual(needing);
  });

  it('waits longer for a container to end than the services take to stop', () => {
    for (const [, { stop_grace_period: grace }] of deployed) expect(grace).toBe('30s');
  });

  it('checks the health of every container that stays up', () => {
    for (const [name, { healthcheck }] of services.filter(([each]) => !['migrate', 'demo'].includes(each))) {
      expect([name, healthcheck?.test?.length]).toEqual([name, expect.any(Number)]);
    }
  });

  it('starts services after the migrations, and waits only for what can become ready', () => {
    for (const [, { depends_on: needs = {} }] of deployed)
      expect(needs.migrate?.condition).toBe('service_completed_successfully');
    for (const [, { depends_on: needs = {} }] of services) {
      for (const name of Object.keys(needs)) expect(Object.keys(compose.services)).toContain(name);
    }
  });

  it('pins every image and declares every volume', () => {
    for (const image of services.flatMap(([, service]) => service.image ?? [])) expect(image).toMatch(/:[0-9]/);
    for (const [, { volumes = [] }] of services) {
      const named = volumes.map((volume) => volume.split(':')[0] ?? '').filter((name) => !name.startsWith('./'));
      for (const name of named) expect(Object.keys(compose.volumes)).toContain(name);
    }
  });

  it('carries no secret of its own: each must come from the environment', () => {
    const text = readFileSync(inRoot('docker-compose.yml'), 'utf8');
    for (const match of text.matchAll(/^\s*\w*(?:PASSWORD|KEY|PEPPER): (.+)$/gm))
      expect(match[1]).toMatch(/^\$\{\w+:\?/);
  });
});

describe('deploy/docker', () => {
  const example = readFileSync(inRoot('deploy/docker/env.example'), 'utf8');

  it('has an example of .env with every variable that compose reads, required ones to be filled in', () => {
    const text = readFileSync(inRoot('docker-compose.yml'), 'utf8');
    for (const [, name, mark] of text.matchAll(/\$\{(\w+)(:[?-])/g))
      expect(example).toMatch(new RegExp(mark === ':?' ? `^${name}=$` : `^#${name}=`, 'm'));
  });

  it('has an example of a file with models that the platform can read', () => {
    const text = readFileSync(inRoot('deploy/docker/config/models.example.yaml'), 'utf8');
    const { deployments, warnings } = parseModelConfig(text, { OPENAI_API_KEY: 'sk-1', GROQ_API_KEY: 'gsk-1' });
    expect(deployments).toHaveLength(2);
    expect(warnings).toEqual([]);
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
