import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StepFailure } from '../lib/failure.mjs';
import { findBinaries, findServer, isAtLeast, parseVersion } from './find.mjs';
import { ensureServer } from './index.mjs';

const unknown = {
  title: 'Imaginary server',
  binaries: ['ao-no-such-server'],
  versionMin: [2, 9] as const,
  urlVariable: 'AO_SPEC_URL',
  pathVariable: 'AO_SPEC_PATH',
  aptPackage: 'ao-no-such-package',
  advice: 'install the imaginary server',
};

describe('test servers', () => {
  it.each([
    ['nats-server: v2.9.10', [2, 9]],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', [7, 0]],
    ['Valkey server v=8.1.1 sha=00000000', [8, 1]],
    ['Chromium 142.0.7444.59 built on Debian', [142, 0]],
    ['no version', undefined],
  ])('reads the version of %s', (output, version) => {
    expect(parseVersion(output)).toEqual(version);
  });

  it('compares versions as numbers', () => {
    expect([isAtLeast([2, 10], [2, 9]), isAtLeast([3, 0], [2, 9]), isAtLeast([2, 8], [2, 9])]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('passes over a binary that is too old', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ao-servers-'));
    const path = process.env.PATH;
    try {
      const binary = join(folder, 'ao-planted-server');
      writeFileSync(binary, '#!/bin/sh\necho planted v2.8.4\n');
      chmodSync(binary, 0o755);
      process.env.PATH = `${folder}:${path}`;
      expect(findBinaries(['ao-planted-server'])).toEqual([binary]);
      expect(await findServer({ ...unknown, binaries: ['ao-planted-server'] })).toBeUndefined();
      expect(await findServer({ ...unknown, binaries: ['ao-planted-server'], versionMin: [2, 8] })).toBe(binary);
    } finally {
      process.env.PATH = path;
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('needs no binary when a URL names a running server', async () => {
    process.env.AO_SPEC_URL = 'nats://127.0.0.1:4222';
    try {
      expect(await ensureServer(unknown)).toEqual({});
    } finally {
      delete process.env.AO_SPEC_URL;
    }
  });

  it('fails with advice instead of skipping when a server cannot be had', async () => {
    const install = async () => 'nothing helped';
    const failure = await ensureServer(unknown, install).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StepFailure);
    expect(String(failure)).toContain('install the imaginary server, or set AO_SPEC_URL');
  });
});
