import { z } from 'zod';
import { defineEvent } from '../define.js';
import { id, modelName, name, timestamp } from '../fields.js';

const provider = {
  /** Whom it belongs to; for one that serves everybody, the operator's organisation. */
  orgId: id,
  providerId: id,
  providerName: name,
};
const example = { orgId: 'org_1', providerId: 'prv_1', providerName: 'openai' };
const at = '2026-01-01T00:00:00.000Z';

/** Checks of a provider began to fail, or succeed again. */
export const providerHealthChangedV1 = defineEvent({
  subject: 'evt.routing.provider-health.changed.v1',
  owner: 'routing',
  payload: z.object({
    ...provider,
    healthy: z.boolean(),
    /** Why the check failed, without keys; null when it is healthy. */
    reason: z.string().max(500).nullable(),
    changedAt: timestamp,
  }),
  example: { ...example, healthy: false, reason: 'the provider has a fault of its own (500)', changedAt: at },
});

/** A provider lists models that it did not list before, or no longer lists some. Nothing is deployed by it. */
export const providerModelsChangedV1 = defineEvent({
  subject: 'evt.routing.provider-models.changed.v1',
  owner: 'routing',
  payload: z.object({
    ...provider,
    /** The first of them, by name. */
    appeared: z.array(modelName).max(100),
    appearedCount: z.int().min(0),
    vanished: z.array(modelName).max(100),
    vanishedCount: z.int().min(0),
    syncedAt: timestamp,
  }),
  example: {
    ...example,
    appeared: ['gpt-4o'],
    appearedCount: 1,
    vanished: [],
    vanishedCount: 0,
    syncedAt: at,
  },
});

/** The source of a provider's key stopped giving one; the last good key stays in use. Told once until it works again. */
export const providerKeyRotationFailedV1 = defineEvent({
  subject: 'evt.routing.provider-key.failed.v1',
  owner: 'routing',
  payload: z.object({
    ...provider,
    /** Such as `file:/keys/openai`. */
    keyReference: z.string().max(1_024),
    reason: z.string().max(500),
    failedAt: timestamp,
  }),
  example: { ...example, keyReference: 'file:/keys/openai', reason: 'there is no such file', failedAt: at },
});
