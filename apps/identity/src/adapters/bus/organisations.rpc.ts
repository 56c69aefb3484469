import { Responds } from '@ao/bus';
import {
  bootstrapV1,
  createTeamV1,
  getOrganisationV1,
  listTeamsV1,
  signUpV1,
  type Organisation as OrganisationMessage,
  type RequestOf,
  type ResponseOf,
  type Team as TeamMessage,
} from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { decodeCursor, toPage } from '@ao/runtime';
import { Controller, Inject } from '@nestjs/common';
import { CreateTeam } from '../../application/create-team.js';
import { FoundOrganisation } from '../../application/found-organisation.js';
import { ORGANISATION_REPOSITORY, type OrganisationRepository } from '../../application/ports.js';
import { ADMIN_KEY } from '../../config.js';
import type { Organisation, Team } from '../../domain/organisation.js';

@Controller()
export class OrganisationsRpc {
  constructor(
    private readonly foundOrganisation: FoundOrganisation,
    private readonly createTeam: CreateTeam,
    @Inject(ORGANISATION_REPOSITORY) private readonly organisations: OrganisationRepository,
    @Inject(ADMIN_KEY) private readonly adminKey: string | null,
  ) {}

  @Responds(bootstrapV1)
  async bootstrap(): Promise<ResponseOf<typeof bootstrapV1>> {
    const { organisation, secret } = await this.foundOrganisation.bootstrap(this.adminKey ?? undefined);
    return { organisation: toOrganisation(organisation), secret };
  }

  @Responds(signUpV1)
  async signUp({ organisationName, email }: RequestOf<typeof signUpV1>): Promise<ResponseOf<typeof signUpV1>> {
    const { organisation, team, user, key, secret } = await this.foundOrganisation.signUp(organisationName, email);
    return { organisation: toOrganisation(organisation), team: toTeam(team), userId: user.id, keyId: key.id, secret };
  }

  @Responds(getOrganisationV1)
  async get({ actor }: RequestOf<typeof getOrganisationV1>): Promise<ResponseOf<typeof getOrganisationV1>> {
    const organisation = await this.organisations.find(actor.orgId);
    if (!organisation) throw new AppError('not_found', 'The organisation of this key no longer exists.');
    return { organisation: toOrganisation(organisation) };
  }

  @Responds(createTeamV1)
  async newTeam(request: RequestOf<typeof createTeamV1>): Promise<ResponseOf<typeof createTeamV1>> {
    return { team: toTeam(await this.createTeam.execute(request)) };
  }

  @Responds(listTeamsV1)
  async listTeams({ actor, limit, cursor }: RequestOf<typeof listTeamsV1>): Promise<ResponseOf<typeof listTeamsV1>> {
    const rows = await this.organisations.listTeams(actor.orgId, { limit: limit + 1, after: decodeCursor(cursor) });
    const page = toPage(rows, limit, (team) => team.id);
    return { ...page, data: page.data.map(toTeam) };
  }
}

const toOrganisation = ({ createdAtMs, ...rest }: Organisation): OrganisationMessage => ({
  ...rest,
  createdAt: new Date(createdAtMs).toISOString(),
});
const toTeam = ({ createdAtMs, ...rest }: Team): TeamMessage => ({
  ...rest,
  createdAt: new Date(createdAtMs).toISOString(),
});
