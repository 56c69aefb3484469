import { isIP } from 'node:net';
import {
  identityActionPerformedV1,
  type Actor,
  type createLimitV1,
  type LimitScope,
  type RequestOf,
  type updateLimitV1,
} from '@ao/contracts';
import type { EncodedEvent } from '@ao/bus';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import { limitsAnything, type Limit } from '../domain/limit.js';
import type { PublishLimits } from './publish-limits.js';
import type { KeyRepository, LimitRepository, OrganisationRepository } from './ports.js';

interface SetLimitsParts {
  limits: LimitRepository;
  published: PublishLimits;
  organisations: OrganisationRepository;
  keys: KeyRepository;
  clock: Clock;
  ids: IdGenerator;
  /** In one organisation: gateways keep all of them in memory. */
  limitsMax: number;
}

/** Makes, changes and ends limits of the actor's organisation; gateways hear of it at once. */
export class SetLimits {
  constructor(private readonly parts: SetLimitsParts) {}

  /** @throws AppError `permission_denied`, `invalid_parameter`, `not_found` (team or key), `conflict`. */
  async create({ actor, ...request }: RequestOf<typeof createLimitV1>): Promise<Limit> {
    requireAdmin(actor);
    const { limits, published, clock, ids, limitsMax } = this.parts;
    const scope = await this.checkedScope(actor.orgId, request.scope);
    if ((await limits.count(actor.orgId)) >= limitsMax) {
      throw new AppError('conflict', `The organisation has ${limitsMax} limits, which is the most. Delete one first.`);
    }
    const limit = { ...request, scope, id: ids.next('lim'), orgId: actor.orgId, createdAtMs: clock.nowMs() };
    requireNumber(limit);
    if (!(await limits.insert(limit, [this.audit('limit.create', limit, actor)]))) {
      throw new AppError('conflict', 'There is a limit for this scope and model already. Change that one.', {
        param: 'scope',
      });
    }
    await published.publishSoon();
    return limit;
  }

  /** @throws AppError `permission_denied`, `invalid_parameter`, `not_found`. */
  async update({ actor, limitId, ...changes }: RequestOf<typeof updateLimitV1>): Promise<Limit> {
    const limit = await this.find(actor, limitId);
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    const changed: Limit = { ...limit, ...Object.fromEntries(given) };
    requireNumber(changed);
    await this.parts.limits.update(changed, [this.audit('limit.update', changed, actor)]);
    await this.parts.published.publishSoon();
    return changed;
  }

  /** @throws AppError `permission_denied`, `not_found`. */
  async delete(actor: Actor, limitId: string): Promise<Limit> {
    const limit = await this.find(actor, limitId);
    await this.parts.limits.delete(limit, [this.audit('limit.delete', limit, actor)]);
    await this.parts.published.publishSoon();
    return limit;
  }

  private async find(actor: Actor, limitId: string): Promise<Limit> {
    requireAdmin(actor);
    const limit = await this.parts.limits.find(actor.orgId, limitId);
    if (!limit) throw new AppError('not_found', `There is no limit ${limitId}.`, { param: 'id' });
    return limit;
  }

  private async checkedScope(orgId: string, { kind, id }: LimitScope): Promise<LimitScope> {
    const { organisations, keys } = this.parts;
    const refuse = (code: 'not_found' | 'invalid_parameter', message: string): never => {
      throw new AppError(code, message, { param: 'scope.id' });
    };
    if (kind === 'organisation') {
      if (id !== null && id !== orgId) refuse('not_found', `There is no organisation ${id}.`);
      return { kind, id: null };
    }
    if (id === null) return { kind, id };
    if (kind === 'team' && !(await organisations.findTeam(orgId, id))) refuse('not_found', `There is no team ${id}.`);
    if (kind === 'key' && !(await keys.find(orgId, id))) refuse('not_found', `There is no key ${id}.`);
    if (kind === 'ip' && isIP(id) === 0) refuse('invalid_parameter', 'scope.id must be an IPv4 or IPv6 address.');
    return { kind, id };
  }

  private audit(action: string, { id, scope, model, ...numbers }: Limit, actor: Actor): EncodedEvent {
    const { clock, ids } = this.parts;
    const metadata = {
      scope: `${scope.kind}:${scope.id ?? '*'}`,
      model: model ?? '*',
      requestsPerMinuteMax: String(numbers.requestsPerMinuteMax),
      tokensPerMinuteMax: String(numbers.tokensPerMinuteMax),
      concurrencyMax: String(numbers.concurrencyMax),
    };
    return auditEvent(identityActionPerformedV1, { actor, clock, ids }, { action, targetId: id, metadata });
  }
}

function requireNumber(limit: Limit): void {
  if (limitsAnything(limit)) return;
  throw new AppError('invalid_parameter', 'Set requests per minute, tokens per minute or calls at once.', {
    param: 'requests_per_minute_max',
  });
}
