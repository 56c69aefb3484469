import { createServer, type Server } from 'node:http';
import { StartupError } from '@ao/kernel';
import type { RunningService } from '../service.js';

/** The small HTTP server of a service that otherwise speaks only over the bus: `/live`, `/ready`. */
export async function startProbeServer(
  host: string,
  port: number,
  service: RunningService,
): Promise<{ stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '', service).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    });
  });
  await listen(server, host, port);
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(url: string, service: RunningService): Promise<{ status: number; body: object }> {
  if (url === '/live') return { status: 200, body: { status: 'live' } };
  if (url !== '/ready') return { status: 404, body: { status: 'not_found' } };
  const checks = await service.checkHealth();
  const ready = Object.values(checks).every(({ ok }) => ok);
  return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not_ready', checks } };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new StartupError(`port ${port} on ${host} is in use: set PORT`) : error),
    );
    server.listen(port, host, () => resolve());
  });
}
