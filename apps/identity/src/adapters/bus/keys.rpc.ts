import { Responds } from '@ao/bus';
import {
  authenticateKeyV1,
  createKeyV1,
  listKeysV1,
  revokeKeyV1,
  type KeySummary,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { decodeCursor, requireAdmin, toPage } from '@ao/runtime';
import { Controller, Inject } from '@nestjs/common';
import { AuthenticateKey } from '../../application/authenticate-key.js';
import { CreateKey } from '../../application/create-key.js';
import { KEY_REPOSITORY, type KeyRepository } from '../../application/ports.js';
import { RevokeKey } from '../../application/revoke-key.js';
import type { ApiKey } from '../../domain/api-key.js';

@Controller()
export class KeysRpc {
  constructor(
    private readonly authenticateKey: AuthenticateKey,
    private readonly createKey: CreateKey,
    private readonly revokeKey: RevokeKey,
    @Inject(KEY_REPOSITORY) private readonly keys: KeyRepository,
  ) {}

  @Responds(authenticateKeyV1)
  async authenticate({ keyHash }: RequestOf<typeof authenticateKeyV1>): Promise<ResponseOf<typeof authenticateKeyV1>> {
    return { principal: await this.authenticateKey.execute(keyHash) };
  }

  @Responds(createKeyV1)
  async create(request: RequestOf<typeof createKeyV1>): Promise<ResponseOf<typeof createKeyV1>> {
    const { key, secret } = await this.createKey.execute(request);
    return { key: toSummary(key), secret };
  }

  @Responds(listKeysV1)
  async list({ actor, limit, cursor }: RequestOf<typeof listKeysV1>): Promise<ResponseOf<typeof listKeysV1>> {
    requireAdmin(actor);
    const rows = await this.keys.list(actor.orgId, { limit: limit + 1, after: decodeCursor(cursor) });
    const page = toPage(rows, limit, (key) => key.id);
    return { ...page, data: page.data.map(toSummary) };
  }

  @Responds(revokeKeyV1)
  async revoke({ actor, keyId }: RequestOf<typeof revokeKeyV1>): Promise<ResponseOf<typeof revokeKeyV1>> {
    return { key: toSummary(await this.revokeKey.execute(actor, keyId)) };
  }
}

function toSummary({ hash: _hash, revokedAtMs, createdAtMs, ...key }: ApiKey): KeySummary {
  return {
    ...key,
    revokedAt: revokedAtMs === null ? null : new Date(revokedAtMs).toISOString(),
    createdAt: new Date(createdAtMs).toISOString(),
  };
}
