import type { FilePurpose } from '@ao/contracts';
import { confirmClaim, type Database } from '@ao/database';
import type { Chunk, FileLimits, FilePage, FileStore, NewUpload, UploadRef } from '../../application/files/ports.js';
import type { Scope } from '../../domain/scope.js';
import type { StoredFile } from '../../domain/stored-file.js';

interface FileRow {
  id: string;
  purpose: string;
  filename: string;
  bytes: string;
  created_at: Date;
  expires_at: Date;
}

const COLUMNS = 'id, purpose, filename, bytes, created_at, expires_at';
const UPLOAD = `id = $1 AND org_id = $2 AND key_id = $3 AND status = 'uploading'`;
const VISIBLE = `org_id = $1 AND ($2::text IS NULL OR key_id = $2) AND status = 'processed' AND expires_at > $3`;

/** Uploads at the same moment may each find the last room: the limits guard the database, not money. */
const CREATE = `
INSERT INTO file (id, org_id, key_id, status, filename, created_at, expires_at)
SELECT $1, $2, $3, 'uploading', $4, $5::timestamptz, $6::timestamptz
WHERE (SELECT count(*) FROM file WHERE org_id = $2) < $7::bigint`;
const GROW = `
UPDATE file SET bytes = bytes + $4 WHERE ${UPLOAD}
RETURNING bytes, (SELECT COALESCE(sum(bytes), 0) FROM file WHERE org_id = $2) AS organisation_bytes`;
const SWEEP = `
DELETE FROM file WHERE id IN (SELECT id FROM file WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`;

export class PostgresFileStore implements FileStore {
  constructor(private readonly database: Database) {}

  async create(upload: NewUpload, limits: Pick<FileLimits, 'organisationFilesMax'>): Promise<boolean> {
    const { filename, createdAtMs, expiresAtMs } = upload;
    const values = [...refOf(upload), filename, new Date(createdAtMs), new Date(expiresAtMs)];
    const { rowCount } = await this.database.pool.query(CREATE, [...values, limits.organisationFilesMax]);
    return rowCount === 1;
  }

  async append(
    upload: UploadRef,
    { position, content, bytes }: Chunk,
    limits: Pick<FileLimits, 'fileBytesMax' | 'organisationBytesMax'> | null,
  ): Promise<'appended' | 'no_upload' | 'file_full' | 'organisation_full'> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ bytes: string; organisation_bytes: string }>(GROW, [
        ...refOf(upload),
        bytes,
      ]);
      const [grown] = rows;
      if (!grown) return 'no_upload';
      const full = limits && fullBy(grown, bytes, limits);
      if (full) {
        await client.query(`UPDATE file SET bytes = bytes - $4 WHERE ${UPLOAD}`, [...refOf(upload), bytes]);
        return full;
      }
      await client.query('INSERT INTO file_chunk (file_id, position, content) VALUES ($1, $2, $3)', [
        upload.fileId,
        position,
        content,
      ]);
      return 'appended';
    });
  }

  async finish(
    upload: UploadRef,
    { purpose, expiresAt }: { purpose: FilePurpose; expiresAt: (createdAtMs: number) => number },
  ): Promise<StoredFile | null> {
    return this.database.transaction(async (client) => {
      const { rows: found } = await client.query<{ created_at: Date }>(
        `SELECT created_at FROM file WHERE ${UPLOAD} FOR UPDATE`,
        refOf(upload),
      );
      if (!found[0]) return null;
      const { rows } = await client.query<FileRow>(
        `UPDATE file SET status = 'processed', purpose = $4, expires_at = $5 WHERE ${UPLOAD} RETURNING ${COLUMNS}`,
        [...refOf(upload), purpose, new Date(expiresAt(found[0].created_at.getTime()))],
      );
      await confirmClaim(client);
      return toFile(rows[0]!);
    });
  }

  async discard(upload: UploadRef): Promise<void> {
    await this.database.pool.query(`DELETE FROM file WHERE ${UPLOAD}`, refOf(upload));
  }

  async find(scope: Scope, fileId: string, nowMs: number): Promise<StoredFile | null> {
    const { rows } = await this.database.pool.query<FileRow>(
      `SELECT ${COLUMNS} FROM file WHERE ${VISIBLE} AND id = $4`,
      [...visibleTo(scope, nowMs), fileId],
    );
    return rows[0] ? toFile(rows[0]) : null;
  }

  async list(scope: Scope, { limit, after, order, purpose }: FilePage, nowMs: number): Promise<StoredFile[]> {
    const beyond = order === 'asc' ? '>' : '<';
    const { rows } = await this.database.pool.query<FileRow>(
      `SELECT ${COLUMNS} FROM file
       WHERE ${VISIBLE} AND ($4::text IS NULL OR id ${beyond} $4) AND ($5::text IS NULL OR purpose = $5)
       ORDER BY id ${order === 'asc' ? 'ASC' : 'DESC'} LIMIT $6`,
      [...visibleTo(scope, nowMs), after ?? null, purpose ?? null, limit],
    );
    return rows.map(toFile);
  }

  async readChunk(fileId: string, position: number): Promise<string | null> {
    const { rows } = await this.database.pool.query<{ content: string }>(
      'SELECT content FROM file_chunk WHERE file_id = $1 AND position = $2',
      [fileId, position],
    );
    return rows[0]?.content ?? null;
  }

  async delete(scope: Scope, fileId: string, nowMs: number): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const values = [...visibleTo(scope, nowMs), fileId];
      const { rowCount } = await client.query(`DELETE FROM file WHERE ${VISIBLE} AND id = $4`, values);
      if (rowCount === 1) await confirmClaim(client);
      return rowCount === 1;
    });
  }

  async sweep(nowMs: number, limit: number): Promise<number> {
    const { rowCount } = await this.database.pool.query(SWEEP, [new Date(nowMs), limit]);
    return rowCount ?? 0;
  }
}

const refOf = ({ fileId, orgId, keyId }: UploadRef): string[] => [fileId, orgId, keyId];
const visibleTo = ({ orgId, keyId }: Scope, nowMs: number): unknown[] => [orgId, keyId, new Date(nowMs)];

/** The sum of the organisation is that of before the chunk: a statement does not see what it writes. */
function fullBy(
  grown: { bytes: string; organisation_bytes: string },
  bytes: number,
  { fileBytesMax, organisationBytesMax }: Pick<FileLimits, 'fileBytesMax' | 'organisationBytesMax'>,
): 'file_full' | 'organisation_full' | null {
  if (Number(grown.bytes) > fileBytesMax) return 'file_full';
  return Number(grown.organisation_bytes) + bytes > organisationBytesMax ? 'organisation_full' : null;
}

function toFile(row: FileRow): StoredFile {
  return {
    id: row.id,
    purpose: row.purpose as FilePurpose,
    filename: row.filename,
    bytes: Number(row.bytes),
    createdAtMs: row.created_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
  };
}
