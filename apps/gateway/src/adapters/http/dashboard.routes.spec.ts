import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { silentLogger, systemClock, UuidV7Generator } from '@ao/kernel';
import { loadGatewayConfig } from '../../config.js';
import { registerDashboard } from './dashboard.routes.js';
import { idleSpool } from '../spool/__fixtures__/idle-spool.js';
import { GatewayMetrics } from './metrics.js';
import { GatewayServer } from './server.js';

const SCRIPT = `console.log(${JSON.stringify('x'.repeat(4_000))});`;
const PAGE = '<!doctype html><script type="module" src="/dashboard/assets/index-Ab3_-x9Z.js"></script>';

let base: string;
let dist: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'ao-dashboard-'));
  dist = join(base, 'dist');
  mkdirSync(join(dist, 'assets'), { recursive: true });
  writeFileSync(join(base, 'secret.txt'), 'outside');
  writeFileSync(join(dist, 'index.html'), PAGE);
  writeFileSync(join(dist, 'favicon.svg'), '<svg/>');
  writeFileSync(join(dist, 'assets', 'index-Ab3_-x9Z.js'), SCRIPT);
  writeFileSync(join(dist, 'assets', 'index-Ab3_-x9Z.js.map'), '{}');
  symlinkSync(join(base, 'secret.txt'), join(dist, 'linked.txt'));
});
afterAll(() => rmSync(base, { recursive: true }));

function serve(folder = dist): GatewayServer['app'] {
  const zero = (): number => 0;
  const metrics = new GatewayMetrics({
    spool: () => idleSpool,
    leases: () => ({ leases: 0, free: 0n, reserved: 0n }),
    activeCalls: zero,
    upstream: () => ({ connected: 0, pending: 0 }),
    limitFallbacks: () => 0,
    circuitsOpen: zero,
    callsWaiting: zero,
  });
  const { app } = new GatewayServer({
    config: loadGatewayConfig({}),
    clock: systemClock,
    ids: new UuidV7Generator(),
    logger: silentLogger,
    metrics,
    shutdownTimeoutMs: 1_000,
  });
  registerDashboard(app, { version: '1.2.3', logger: silentLogger, folder });
  return app;
}

describe('the dashboard on the gateway', () => {
  it('serves the page at /dashboard and /dashboard/, to be asked for again each time', async () => {
    const app = serve();
    for (const url of ['/dashboard', '/dashboard/', '/dashboard/index.html']) {
      const answer = await app.inject(url);
      expect([answer.statusCode, answer.body]).toEqual([200, PAGE]);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-length': String(PAGE.length),
      });
    }
  });

  it('keeps the security headers and lets the page run nothing but its own files', async () => {
    const { headers } = await serve().inject('/dashboard');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it('lets browsers keep what is named by its content for good', async () => {
    const app = serve();
    const script = await app.inject('/dashboard/assets/index-Ab3_-x9Z.js');
    expect([script.statusCode, script.body]).toEqual([200, SCRIPT]);
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    const icon = await app.inject('/dashboard/favicon.svg');
    expect(icon.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' });
  });

  it('answers 304 to who has the file already, and HEAD without a body', async () => {
    const app = serve();
    const { etag } = (await app.inject('/dashboard')).headers;
    const again = await app.inject({ url: '/dashboard', headers: { 'if-none-match': `"other", W/${String(etag)}` } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    const stale = await app.inject({ url: '/dashboard', headers: { 'if-none-match': '"other"' } });
    expect(stale.statusCode).toBe(200);
    const head = await app.inject({ method: 'HEAD', url: '/dashboard' });
    expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([200, '', String(PAGE.length)]);
  });

  it('compresses for who takes it, under an ETag of its own', async () => {
    const app = serve();
    const url = '/dashboard/assets/index-Ab3_-x9Z.js';
    const packed = await app.inject({ url, headers: { 'accept-encoding': 'br, gzip' } });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gunzipSync(packed.rawPayload).toString()).toBe(SCRIPT);
    const plain = await app.inject({ url, headers: { 'accept-encoding': 'gzip;q=0, br' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.etag).not.toBe(packed.headers.etag);
  });

  it.each([
    '/dashboard/../secret.txt',
    '/dashboard/assets/../../secret.txt',
    '/dashboard/%2e%2e/secret.txt',
    '/dashboard/..%2fsecret.txt',
    '/dashboard/..%5csecret.txt',
    '/dashboard/%252e%252e%252fsecret.txt',
    '/dashboard//etc/passwd',
    '/dashboard/index.html%00.js',
    '/dashboard/linked.txt',
    '/dashboard/assets',
    '/dashboard/assets/index-Ab3_-x9Z.js.map',
    '/dashboard/constructor',
  ])('gives nothing but files of the bundle: %s', async (url) => {
    const answer = await serve().inject(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ error: { code: 'not_found' } });
    expect(answer.body).not.toContain('outside');
  });

  it('says what to do when the dashboard was never built', async () => {
    const app = serve(join(base, 'nowhere'));
    for (const url of ['/dashboard', '/dashboard/assets/index-Ab3_-x9Z.js']) {
      const answer = await app.inject(url);
      expect(answer.statusCode).toBe(404);
      expect(answer.json<{ error: { message: string } }>().error.message).toContain('npm run build');
      expect(answer.body).not.toContain(base);
    }
  });

  it('serves no bundle that is larger than a bundle can be, and goes on', async () => {
    const folder = mkdtempSync(join(base, 'large-'));
    writeFileSync(join(folder, 'index.html'), PAGE);
    writeFileSync(join(folder, 'big.txt'), Buffer.alloc(17 * 1024 * 1024));
    const answer = await serve(folder).inject('/dashboard');
    expect(answer.statusCode).toBe(404);
  });

  it('leads browsers from / to the dashboard, and tells programs what this is', async () => {
    const app = serve();
    const browser = await app.inject({ url: '/', headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
    expect([browser.statusCode, browser.headers.location]).toEqual([302, '/dashboard']);
    const program = await app.inject({ url: '/', headers: { accept: '*/*' } });
    expect(program.json()).toEqual({ name: 'AI Orchestrator', version: '1.2.3', docs: '/dashboard#/connect' });
    expect(program.headers).toMatchObject({ vary: 'Accept', 'cache-control': 'no-store' });
  });
});
