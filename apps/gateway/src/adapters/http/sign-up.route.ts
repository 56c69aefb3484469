import type { Bus } from '@ao/bus';
import { signUpV1 } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readBody } from './json-body.js';
import { setBaseHeaders } from './response-headers.js';

const body = z.object({ organisation: z.string().min(1).max(200), email: z.email().max(320) });

/** Founds an organisation (ID-008). Closed unless the operator opened it: it gives out a budget. */
export function registerSignUp(server: FastifyInstance, bus: Bus, enabled: boolean): void {
  server.post('/v1/sign-up', async (request, reply) => {
    if (!enabled)
      throw new AppError(
        'permission_denied',
        'Sign-up is closed on this server (SIGN_UP_ENABLED). Ask an administrator for a key.',
      );
    const given = readBody(request.body, body);
    const made = await bus.request(
      signUpV1,
      { organisationName: given.organisation, email: given.email },
      { requestId: request.callId },
    );
    setBaseHeaders(request, reply);
    return reply
      .status(201)
      .type('application/json; charset=utf-8')
      .send(
        JSON.stringify({
          organisation: {
            id: made.organisation.id,
            name: made.organisation.name,
            wallet_id: made.organisation.walletId,
          },
          team: { id: made.team.id, name: made.team.name },
          user_id: made.userId,
          key: { id: made.keyId, key: made.secret },
        }),
      );
  });
}
