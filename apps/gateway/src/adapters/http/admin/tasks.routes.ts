import { getTaskV1, submitTaskV1, type Task } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { z } from 'zod';
import { readBody } from '../json-body.js';
import { header } from '../request-context.js';
import { adminRoute } from './admin-routes.js';
import { toSnakeCase } from './fields.js';

const text = z.string().min(1).max(100_000);
/** Strict: a task that silently ran without what it asked for would be paid for all the same. */
const taskBody = z.strictObject({
  query: text.optional(),
  /** Another name of `query`. */
  prompt: text.optional(),
  model: z.string().min(1).max(256).optional(),
});

/** A task and its run are one thing, which has both names. */
const toNames = ({ id }: Task): { task_id: string; workflow_id: string } => ({ task_id: id, workflow_id: id });

function readTask(body: unknown): { query: string; model?: string } {
  const { query, prompt, model } = readBody(body, taskBody);
  if (query !== undefined && prompt !== undefined) {
    throw new AppError('invalid_parameter', 'Send the text of the task once: as "query" or as "prompt".', {
      param: 'prompt',
    });
  }
  const asked = query ?? prompt;
  if (asked !== undefined) return { query: asked, ...(model !== undefined && { model }) };
  throw new AppError('missing_required_parameter', 'Send the text of the task as "query" (or "prompt").', {
    param: 'query',
  });
}

/** Work in the background (AG-007, AG-008). */
export const taskRoutes = [
  adminRoute({
    method: 'POST',
    path: '/api/v1/tasks',
    contract: submitTaskV1,
    status: 202,
    toRequest: ({ actor, body, request, sealKey }) => {
      const idempotencyKey = header(request, 'idempotency-key', 255);
      return { actor, ...readTask(body), sealedKey: sealKey(), ...(idempotencyKey && { idempotencyKey }) };
    },
    toBody: ({ task }) => ({ ...toNames(task), status: task.status }),
    toHeaders: ({ task }) => ({ 'x-workflow-id': task.id }),
  }),
  adminRoute({
    method: 'GET',
    path: '/api/v1/tasks/:id',
    contract: getTaskV1,
    toRequest: ({ actor, params }) => ({ actor, taskId: params['id']! }),
    toBody: ({ task }) => {
      const { id: _id, ...fields } = task;
      return { ...toNames(task), ...toSnakeCase(fields) };
    },
    toHeaders: ({ task }) => ({ 'x-workflow-id': task.id }),
  }),
];
