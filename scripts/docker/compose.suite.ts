import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { inRoot } from '../lib/paths.mjs';

interface Service {
  image?: string;
  build?: { context: string; args: { SERVICE: string } };
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  volumes?: string[];
  stop_grace_period?: string;
}

/** `docker-compose.yml` as Compose reads it, variables not yet filled in. */
export const compose = parse(readFileSync(inRoot('docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};

/** The services of the platform: what we build and what stays up, without the demo. */
export const deployed = Object.entries(compose.services).filter(
  ([name, { build }]) => build && !['migrate', 'demo'].includes(name),
);
