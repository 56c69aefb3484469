import type { EncodedEvent } from '@ao/bus';
import type { NewOrganisation, OrganisationRepository, PageOf } from '../../application/ports.js';
import type { Organisation, Team } from '../../domain/organisation.js';
import type { Prisma } from './generated/client.js';
import { toRow } from './key.repository.js';
import { unlessTaken, type IdentityStore } from './store.js';

export class PostgresOrganisationRepository implements OrganisationRepository {
  constructor(private readonly store: IdentityStore) {}

  async find(orgId: string): Promise<Organisation | null> {
    const row = await this.store.prisma.organisation.findUnique({ where: { id: orgId } });
    return row && { id: row.id, name: row.name, walletId: row.walletId, createdAtMs: row.createdAt.getTime() };
  }

  insert(created: NewOrganisation, events: EncodedEvent[]): Promise<void> {
    return this.store.write(events, (prisma) => insertAll(prisma, created, null));
  }

  insertFirst(created: NewOrganisation, events: EncodedEvent[]): Promise<boolean> {
    return unlessTaken(this.store.write(events, (prisma) => insertAll(prisma, created, true)));
  }

  async findTeam(orgId: string, teamId: string): Promise<Team | null> {
    const row = await this.store.prisma.team.findFirst({ where: { orgId, id: teamId } });
    return row && toTeam(row);
  }

  insertTeam({ createdAtMs, ...team }: Team, events: EncodedEvent[]): Promise<boolean> {
    const data = { ...team, createdAt: new Date(createdAtMs) };
    return unlessTaken(this.store.write(events, async (prisma) => void (await prisma.team.create({ data }))));
  }

  async listTeams(orgId: string, { limit, after }: PageOf): Promise<Team[]> {
    const where = after === undefined ? { orgId } : { orgId, id: { lt: after } };
    const rows = await this.store.prisma.team.findMany({ where, orderBy: { id: 'desc' }, take: limit });
    return rows.map(toTeam);
  }
}

async function insertAll(
  prisma: Prisma.TransactionClient,
  created: NewOrganisation,
  bootstrap: true | null,
): Promise<void> {
  const { organisation, team, user, key } = created;
  const createdAt = new Date(organisation.createdAtMs);
  const { id, name, walletId } = organisation;
  await prisma.organisation.create({ data: { id, name, walletId, createdAt, bootstrap } });
  await prisma.team.create({ data: { id: team.id, orgId: id, name: team.name, walletId: team.walletId, createdAt } });
  if (user)
    await prisma.user.create({ data: { id: user.id, orgId: id, email: user.email, role: user.role, createdAt } });
  await prisma.apiKey.create({ data: toRow(key) });
}

const toTeam = ({
  createdAt,
  ...row
}: {
  id: string;
  orgId: string;
  name: string;
  walletId: string | null;
  createdAt: Date;
}): Team => ({
  ...row,
  createdAtMs: createdAt.getTime(),
});
