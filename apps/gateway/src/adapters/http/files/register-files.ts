import type { FastifyInstance } from 'fastify';
import { registerAdminRoutes, type AdminDependencies } from '../admin/admin-routes.js';
import { batchRoutes } from './batch.routes.js';
import { registerContent } from './content.route.js';
import { fileRoutes } from './file.routes.js';
import { registerUpload } from './upload.route.js';

/** `/v1/files` and `/v1/batches` of OpenAI's API, whatever provider serves the calls of a batch. */
export function registerFiles(server: FastifyInstance, dependencies: AdminDependencies): void {
  registerUpload(server, dependencies);
  registerContent(server, dependencies);
  registerAdminRoutes(server, [...fileRoutes, ...batchRoutes], dependencies);
}
