import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, modelName, timestamp } from '../../fields.js';

export const taskStatus = z.enum(['pending', 'running', 'paused', 'completed', 'failed', 'cancelled']);

export const task = z.object({
  id,
  orgId: id,
  status: taskStatus,
  query: z.string(),
  model: modelName,
  result: z.string().nullable(),
  error: z.string().nullable(),
  createdAt: timestamp,
  startedAt: timestamp.nullable(),
  finishedAt: timestamp.nullable(),
});
export type Task = z.output<typeof task>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'member' as const };
const taskExample: z.input<typeof task> = {
  id: 'task_1',
  orgId: 'org_1',
  status: 'completed',
  query: 'Summarise the report',
  model: 'demo-chat',
  result: 'It is short.',
  error: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:01.000Z',
};

/**
 * Submits a task; its model calls go through the gateway with the submitter's key, so that wallets and limits hold.
 * The key travels sealed with the master key. Only that key, and admins of its organisation, may read the task.
 */
export const submitTaskV1 = defineRpc({
  subject: 'rpc.agents.submit-task.v1',
  owner: 'agents',
  request: z.object({
    actor,
    query: z.string().min(1).max(100_000),
    /** Absent: the default of the agents service. */
    model: modelName.optional(),
    /** Null where the gateway asks for no key. */
    sealedKey: z.string().max(8_192).nullable(),
    /** Again within 24 hours by the same key: the same task; with another query or model: `conflict`. */
    idempotencyKey: z.string().min(1).max(255).optional(),
  }),
  response: z.object({ task }),
  example: {
    request: { actor: actorExample, query: 'Summarise the report', model: 'demo-chat', sealedKey: 'v1.…' },
    response: { task: { ...taskExample, status: 'pending', result: null, startedAt: null, finishedAt: null } },
  },
});

export const getTaskV1 = defineRpc({
  subject: 'rpc.agents.get-task.v1',
  owner: 'agents',
  request: z.object({ actor, taskId: id }),
  response: z.object({ task }),
  example: { request: { actor: actorExample, taskId: 'task_1' }, response: { task: taskExample } },
});
