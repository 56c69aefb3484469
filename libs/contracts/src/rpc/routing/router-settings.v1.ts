import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor } from '../../fields.js';
import { routerSettings } from '../../router-settings.js';

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const answer = z.object({
  /** What the organisation has of its own. */
  own: routerSettings,
  /** What AO_CONFIG says for everybody; the organisation's come over them. */
  platform: routerSettings,
});
const answerExample = { own: { retriesMax: 3 }, platform: { strategy: 'least-busy' as const } };

export const getRouterSettingsV1 = defineRpc({
  subject: 'rpc.routing.get-router-settings.v1',
  owner: 'routing',
  request: z.object({ actor }),
  response: answer,
  example: { request: { actor: actorExample }, response: answerExample },
});

export const setRouterSettingsV1 = defineRpc({
  subject: 'rpc.routing.set-router-settings.v1',
  owner: 'routing',
  request: z.object({
    actor,
    settings: routerSettings,
    /** These fall back to the platform's. */
    unset: z.array(routerSettings.keyof()).max(100).optional().default([]),
    /** True: what is not named falls back to the platform's; false: it stays. */
    replace: z.boolean(),
  }),
  response: answer,
  example: {
    request: { actor: actorExample, settings: { retriesMax: 3 }, replace: false },
    response: answerExample,
  },
});
