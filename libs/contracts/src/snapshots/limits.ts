import { z } from 'zod';
import { defineSnapshot } from '../define.js';
import { limitRule } from '../limit-rule.js';

/** Every limit of every organisation, beside those that stand in the keys. */
export const limitsSnapshot = defineSnapshot({
  name: 'snap.identity.limits',
  owner: 'identity',
  value: z.object({ version: z.int().min(0), limits: z.array(limitRule) }),
  example: {
    version: 1,
    limits: [{ id: 'lim_1', orgId: 'org_1', scope: { kind: 'team', id: 'team_1' }, requestsPerMinuteMax: 60 }],
  },
});
