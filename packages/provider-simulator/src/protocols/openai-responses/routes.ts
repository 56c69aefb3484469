import { routesOf } from '../route-table.js';
import { countInputTokens, respond } from './decode-chat.js';
import { cancelResponse, deleteResponse, listInputItems, showResponse } from './stored-responses.js';

/** Which path is which operation. */
export const route = routesOf([
  ['POST', '/v1/responses', respond],
  ['POST', '/v1/responses/input_tokens', countInputTokens],
  ['GET', '/v1/responses/{id}', showResponse],
  ['DELETE', '/v1/responses/{id}', deleteResponse],
  ['POST', '/v1/responses/{id}/cancel', cancelResponse],
  ['GET', '/v1/responses/{id}/input_items', listInputItems],
]);
