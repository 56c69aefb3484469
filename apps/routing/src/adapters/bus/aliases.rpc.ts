import { Responds } from '@ao/bus';
import {
  deleteAliasV1,
  listAliasesV1,
  setAliasV1,
  type OwnedAlias,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { decodeCursor, toPage } from '@ao/runtime';
import { Controller } from '@nestjs/common';
import { DeleteAlias } from '../../application/delete-alias.js';
import { ListRouting } from '../../application/list-routing.js';
import { SetAlias } from '../../application/set-alias.js';
import type { Alias } from '../../domain/deployment.js';

@Controller()
export class AliasesRpc {
  constructor(
    private readonly setAlias: SetAlias,
    private readonly deleteAlias: DeleteAlias,
    private readonly listRouting: ListRouting,
  ) {}

  @Responds(setAliasV1)
  async set(request: RequestOf<typeof setAliasV1>): Promise<ResponseOf<typeof setAliasV1>> {
    return { alias: toMessage(await this.setAlias.execute(request)) };
  }

  @Responds(listAliasesV1)
  async list({ actor, limit, cursor }: RequestOf<typeof listAliasesV1>): Promise<ResponseOf<typeof listAliasesV1>> {
    const rows = await this.listRouting.listAliases(actor, { limit: limit + 1, after: decodeCursor(cursor) });
    const page = toPage(rows, limit, ({ alias }) => alias);
    return { ...page, data: page.data.map(toMessage) };
  }

  @Responds(deleteAliasV1)
  async delete({ actor, alias }: RequestOf<typeof deleteAliasV1>): Promise<ResponseOf<typeof deleteAliasV1>> {
    await this.deleteAlias.execute(actor, alias);
    return { deleted: true };
  }
}

const toMessage = (alias: Alias): OwnedAlias => ({ ...alias, source: alias.orgId === null ? 'config' : 'api' });
