import { identityActionPerformedV1, type createTeamV1, type RequestOf } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import type { Team } from '../domain/organisation.js';
import type { OrganisationRepository, Wallets } from './ports.js';
import type { SetLimits } from './set-limits.js';

/** Makes a team in the actor's organisation. */
export class CreateTeam {
  constructor(
    private readonly organisations: OrganisationRepository,
    private readonly wallets: Wallets,
    private readonly limits: SetLimits,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found` (wallet), `conflict` (name taken). */
  async execute({ actor, name, walletId, modelBudgets, limits }: RequestOf<typeof createTeamV1>): Promise<Team> {
    requireAdmin(actor);
    if (walletId) await this.wallets.requireInOrganisation(actor.orgId, walletId);
    const team: Team = {
      id: this.ids.next('team'),
      orgId: actor.orgId,
      name,
      walletId,
      createdAtMs: this.clock.nowMs(),
    };
    const by = { actor, clock: this.clock, ids: this.ids };
    const event = auditEvent(identityActionPerformedV1, by, {
      action: 'team.create',
      targetId: team.id,
      metadata: { name },
    });
    if (!(await this.organisations.insertTeam(team, [event]))) {
      throw new AppError('conflict', `There is a team named ${name} already.`, { param: 'name' });
    }
    // A team has no keys yet, so nothing is spent or asked before this.
    if (limits) await this.limits.create({ actor, scope: { kind: 'team', id: team.id }, model: null, ...limits });
    await this.wallets.createModelBudgets(actor.orgId, { kind: 'team', id: team.id, name }, modelBudgets);
    return team;
  }
}
