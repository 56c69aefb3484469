import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Bus } from '@ao/bus';
import {
  appendUploadV1,
  discardUploadV1,
  FILE_BYTES_MAX,
  FILE_CHUNK_BYTES_MAX,
  FILENAME_LENGTH_MAX,
  finishUploadV1,
  startUploadV1,
  uploadPurpose,
  type Actor,
} from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callerOf, type AdminDependencies } from '../admin/admin-routes.js';
import { readQuery as readFields } from '../json-body.js';
import { readMultipart, routeMultipart, type IncomingFile } from '../multipart.js';
import { idempotencyKey } from '../request-context.js';
import { REPLAY_HEADERS, setBaseHeaders } from '../response-headers.js';
import { toFileBody } from './bodies.js';
import { expiresAfter } from './expires-after.js';

const LIMITS = { fieldsMax: 8, fieldBytesMax: 256, filesMax: 1, fileBytesMax: FILE_BYTES_MAX };

const uploadFields = z.strictObject({ purpose: uploadPurpose, expires_after: expiresAfter.optional() });

/** What came of the bytes of a form. */
interface Received {
  fileId: string;
  filename: string;
  /** SHA-256. */
  digest: string;
}

/** `POST /v1/files`: the file goes on chunk by chunk as it comes, and is a file once the whole form is there. */
export function registerUpload(server: FastifyInstance, dependencies: AdminDependencies): void {
  const { bus, authenticate } = dependencies;
  routeMultipart(server, {
    method: 'POST',
    url: '/v1/files',
    handler: async (request, reply) => {
      const { actor } = await callerOf(request, authenticate);
      const receiver = new Receiver(bus, actor, request.callId);
      try {
        const fields = await readMultipart(request.raw, LIMITS, (file) => receiver.receive(file));
        const answer = await finish(receiver.require(), fields, actor, request, reply, dependencies);
        setBaseHeaders(request, reply);
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
      } finally {
        // Of what became a file nothing is left to drop.
        receiver.discard();
      }
    },
  });
}

async function finish(
  { fileId, filename, digest }: Received,
  form: Map<string, string[]>,
  actor: Actor,
  request: FastifyRequest,
  reply: FastifyReply,
  { bus, fingerprint }: AdminDependencies,
): Promise<object> {
  const { purpose, expires_after: expiry } = readForm(form);
  const key = idempotencyKey(request);
  const asked = JSON.stringify([filename, purpose, expiry?.seconds ?? null, digest]);
  const { file } = await bus.request(
    finishUploadV1,
    { actor, fileId, purpose, ...(expiry && { expiresAfterSeconds: expiry.seconds }) },
    {
      requestId: request.callId,
      ...(key !== undefined && {
        idempotency: { key, fingerprint: fingerprint(request.method, request.url, asked) },
        onReplay: () => void reply.headers(REPLAY_HEADERS),
      }),
    },
  );
  return toFileBody(file);
}

/** @throws AppError `missing_required_parameter`, `invalid_parameter`. */
function readForm(form: Map<string, string[]>): z.output<typeof uploadFields> {
  const fields: Record<string, unknown> = {};
  for (const [name, values] of form) {
    if (values.length > 1) throw new AppError('invalid_parameter', `Send the field ${name} once.`, { param: name });
    const part = /^expires_after\[(anchor|seconds)\]$/.exec(name)?.[1];
    if (part === undefined) fields[name] = values[0];
    else fields['expires_after'] = { ...(fields['expires_after'] as object | undefined), [part]: values[0] };
  }
  return readFields(fields, uploadFields);
}

/** Passes the one file of a form on to who keeps files. */
class Receiver {
  private fileId: string | null = null;
  private received: Received | null = null;

  constructor(
    private readonly bus: Bus,
    private readonly actor: Actor,
    private readonly requestId: string,
  ) {}

  async receive({ field, filename, content }: IncomingFile): Promise<void> {
    if (field !== 'file') {
      throw new AppError('invalid_parameter', 'Send the file as the part "file".', { param: field.slice(0, 80) });
    }
    if (filename === '' || filename.length > FILENAME_LENGTH_MAX) {
      throw new AppError('invalid_parameter', `The file needs a name of 1 to ${FILENAME_LENGTH_MAX} characters.`, {
        param: 'file',
      });
    }
    const { actor, requestId } = this;
    const { fileId } = await this.bus.request(startUploadV1, { actor, filename }, { requestId });
    this.fileId = fileId;
    const hash = createHash('sha256');
    let position = 0;
    for await (const chunk of inChunks(content)) {
      hash.update(chunk);
      const message = { actor, fileId, position, content: chunk.toString('base64') };
      await this.bus.request(appendUploadV1, message, { requestId });
      position += 1;
    }
    if (position === 0) throw new AppError('invalid_parameter', 'The file is empty.', { param: 'file' });
    this.received = { fileId, filename, digest: hash.digest('hex') };
  }

  /** @throws AppError `missing_required_parameter` when no file came. */
  require(): Received {
    if (this.received) return this.received;
    throw new AppError('missing_required_parameter', 'Send the file as the part "file", with a file name.', {
      param: 'file',
    });
  }

  /** Nobody waits for it: an upload that stays goes by itself after an hour. */
  discard(): void {
    const { actor, fileId, requestId } = this;
    if (fileId !== null)
      void this.bus.request(discardUploadV1, { actor, fileId }, { requestId }).catch(() => undefined);
  }
}

/** The bytes of a stream in pieces as large as a message takes. */
async function* inChunks(content: Readable): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of content as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes < FILE_CHUNK_BYTES_MAX) continue;
    let whole = Buffer.concat(parts);
    for (; whole.length >= FILE_CHUNK_BYTES_MAX; whole = whole.subarray(FILE_CHUNK_BYTES_MAX)) {
      yield whole.subarray(0, FILE_CHUNK_BYTES_MAX);
    }
    parts = [whole];
    bytes = whole.length;
  }
  if (bytes > 0) yield Buffer.concat(parts);
}
