import { join } from 'node:path';
import { AppError, type Logger } from '@ao/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { loadDashboardBundle, type BundleFile, type DashboardBundle } from './dashboard-bundle.js';
import { setBaseHeaders } from './response-headers.js';

export interface DashboardOptions {
  version: string;
  logger: Logger;
  /** Where the built web app lies; default: beside this service. */
  folder?: string;
}

/** `apps/dashboard/dist`, seen from the sources as well as from the build. */
const BUNDLE_FOLDER = join(import.meta.dirname, '..', '..', '..', '..', 'dashboard', 'dist');
const ENTRY = 'index.html';

/** The web app runs no code and asks no server but its own, and no other page may frame it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `GET /` and the web app under `/dashboard`, both without a key: the app asks for one and calls the public API. */
export function registerDashboard(server: FastifyInstance, { version, logger, folder }: DashboardOptions): void {
  const bundle = loadOrExplain(folder ?? BUNDLE_FOLDER, logger);

  server.get('/', async (request, reply) => {
    setBaseHeaders(request, reply);
    reply.header('vary', 'Accept');
    if (request.headers.accept?.includes('text/html')) return reply.redirect('/dashboard', 302);
    return reply.send({ name: 'AI Orchestrator', version, docs: '/dashboard#/connect' });
  });
  server.get('/dashboard', async (request, reply) => sendFile(request, reply, find(bundle, ENTRY)));
  server.get<{ Params: { '*': string } }>('/dashboard/*', async (request, reply) =>
    sendFile(request, reply, find(bundle, request.params['*'] || ENTRY)),
  );
}

/** A dashboard that cannot be shown must not keep the gateway from serving. */
function loadOrExplain(folder: string, logger: Logger): DashboardBundle | null {
  try {
    const bundle = loadDashboardBundle(folder);
    if (!bundle) logger.info({}, 'the dashboard is not built and will not be served');
    return bundle;
  } catch (error) {
    logger.warn({ err: error }, 'the dashboard cannot be read and will not be served');
    return null;
  }
}

/** @param path Only ever a key of the map: it cannot lead out of the bundle. */
function find(bundle: DashboardBundle | null, path: string): BundleFile {
  if (!bundle)
    throw new AppError(
      'not_found',
      'The dashboard is not built on this server. Run "npm run build", then start the server again.',
    );
  const file = bundle.get(path);
  if (!file) throw new AppError('not_found', 'The dashboard has no such file. Open /dashboard.');
  return file;
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: BundleFile): FastifyReply {
  const gzipped = acceptsGzip(request.headers['accept-encoding']) ? file.gzipped : null;
  const etag = `"${file.hash}${gzipped ? '-gz' : ''}"`;
  setBaseHeaders(request, reply);
  reply.headers({
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'Accept-Encoding',
    etag,
  });
  if (namesEtag(request.headers['if-none-match'], etag)) return reply.status(304).send();
  if (gzipped) reply.header('content-encoding', 'gzip');
  return reply.type(file.contentType).send(gzipped ?? file.body);
}

const acceptsGzip = (header: string | string[] | undefined): boolean =>
  /(^|[,\s])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(header ?? ''));

const namesEtag = (header: string | undefined, etag: string): boolean =>
  header !== undefined && header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
