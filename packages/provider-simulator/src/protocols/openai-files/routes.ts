import { routesOf } from '../route-table.js';
import { cancelBatch, createBatch, listBatches, showBatch } from './batches.js';
import { deleteFile, listFiles, readFile, showFile, uploadFile } from './files.js';

/** Which path is which operation. */
export const route = routesOf([
  ['POST', '/v1/files', uploadFile],
  ['GET', '/v1/files', listFiles],
  ['GET', '/v1/files/{id}', showFile],
  ['DELETE', '/v1/files/{id}', deleteFile],
  ['GET', '/v1/files/{id}/content', readFile],
  ['POST', '/v1/batches', createBatch],
  ['GET', '/v1/batches', listBatches],
  ['GET', '/v1/batches/{id}', showBatch],
  ['POST', '/v1/batches/{id}/cancel', cancelBatch],
]);
