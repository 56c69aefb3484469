import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { AppError } from '@ao/kernel';
import type { FastifyInstance, RouteOptions } from 'fastify';

export interface MultipartLimits {
  fieldsMax: number;
  fieldBytesMax: number;
  filesMax: number;
  fileBytesMax: number;
}

/** A file of a form while it arrives. */
export interface IncomingFile {
  /** The name of the form's field. */
  field: string;
  /** Without a folder; empty where the caller gave none. */
  filename: string;
  mediaType: string;
  /** Ends with an error when the body breaks off, breaks a limit, or cannot be read. */
  content: Readable;
}

const HEADER_PAIRS_MAX = 32;
const HEADER_BYTES_MAX = 8_192;

/** A route that takes `multipart/form-data` alone; its handler reads the body with `readMultipart`. */
export function routeMultipart(server: FastifyInstance, route: RouteOptions): void {
  server.register((scope, _options, registered) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('multipart/form-data', (_request, _body, done) => done(null));
    const message = 'Send the body as multipart/form-data, as forms with files are sent.';
    scope.addContentTypeParser('*', (_request, _body, done) => done(new AppError('unsupported_media_type', message)));
    scope.route(route);
    registered();
  });
}

/**
 * Reads a form as it comes: the body is never held whole, and arrives no faster than `onFile` reads.
 * @param onFile Called for each file, in the order of the body; fields may follow it. It must read `content`, or throw.
 * @returns The values of each field, once the whole body was read and every `onFile` has ended.
 * @throws AppError `unsupported_media_type` (no boundary), `invalid_parameter` (a body that is broken or ends early, a
 *   field without a name), `payload_too_large`; whatever `onFile` throws.
 */
export async function readMultipart(
  request: IncomingMessage,
  limits: MultipartLimits,
  onFile: (file: IncomingFile) => Promise<void>,
): Promise<Map<string, string[]>> {
  const form = new Form(request, limits, onFile);
  try {
    return await form.read();
  } finally {
    // Whatever is left is taken and dropped, so that the caller gets to read the answer.
    request.unpipe();
    request.resume();
  }
}

class Form {
  private readonly fields = new Map<string, string[]>();
  private readonly files: Promise<void>[] = [];
  private readonly contents: Readable[] = [];
  private fail: (error: unknown) => void = () => undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly limits: MultipartLimits,
    private readonly onFile: (file: IncomingFile) => Promise<void>,
  ) {}

  async read(): Promise<Map<string, string[]>> {
    const parser = this.open();
    try {
      await new Promise<void>((resolve, reject) => {
        this.fail = reject;
        this.listen(parser, resolve);
        this.request.pipe(parser);
      });
      await Promise.all(this.files);
      return this.fields;
    } catch (error) {
      this.request.unpipe(parser);
      for (const content of this.contents) content.destroy(error as Error);
      await Promise.allSettled(this.files);
      throw error;
    }
  }

  private open(): BusboyInstance {
    const { fieldsMax, fieldBytesMax, filesMax, fileBytesMax } = this.limits;
    const { 'content-type': contentType = '' } = this.request.headers;
    try {
      return new Busboy({
        headers: { 'content-type': contentType },
        limits: {
          fields: fieldsMax,
          fieldSize: fieldBytesMax,
          files: filesMax,
          fileSize: fileBytesMax,
          headerPairs: HEADER_PAIRS_MAX,
          headerSize: HEADER_BYTES_MAX,
        },
      });
    } catch (cause) {
      const message = 'The Content-Type must be multipart/form-data and name the boundary of the parts.';
      throw new AppError('unsupported_media_type', message, { cause });
    }
  }

  private listen(parser: BusboyInstance, onEnd: () => void): void {
    const { fieldsMax, filesMax } = this.limits;
    const broken = (cause?: unknown): void => this.fail(invalid(BROKEN, cause));
    parser.on('field', (name, value, _nameCut, cut) => this.takeField(name, value, cut));
    parser.on('file', (field, content, filename, _encoding, mediaType) =>
      this.takeFile({ field, content, filename: filename ?? '', mediaType }, broken),
    );
    parser.on('fieldsLimit', () => this.fail(tooLarge(`The form may have at most ${fieldsMax} fields.`)));
    parser.on('filesLimit', () => this.fail(tooLarge(`The form may have at most ${filesMax} file(s).`)));
    parser.on('error', broken);
    parser.on('finish', onEnd);
    this.request.once('aborted', broken);
    this.request.once('error', broken);
  }

  private takeField(name: string | undefined, value: string, cut: boolean): void {
    if (name === undefined) return this.fail(invalid(NAMELESS));
    const { fieldBytesMax } = this.limits;
    if (cut) return this.fail(tooLarge(`The field ${name.slice(0, 80)} has more than ${fieldBytesMax} bytes.`));
    this.fields.set(name, [...(this.fields.get(name) ?? []), value]);
  }

  private takeFile(file: IncomingFile, broken: (cause: unknown) => void): void {
    const { field, content } = file;
    this.contents.push(content);
    // Whoever reads it hears of it as well; without a listener it would end the process.
    content.on('error', broken);
    if (field === undefined) return this.fail(invalid(NAMELESS));
    content.on('limit', () => this.fail(tooLarge(`The file has more than ${this.limits.fileBytesMax} bytes.`)));
    const taken = this.onFile(file);
    taken.catch((error: unknown) => this.fail(error));
    this.files.push(taken);
  }
}

const BROKEN = 'The multipart body is broken or ended before its closing boundary.';
const NAMELESS = 'Every part of the form needs a name.';
const invalid = (message: string, cause?: unknown): AppError =>
  new AppError('invalid_parameter', message, { param: 'body', cause });
const tooLarge = (message: string): AppError => new AppError('payload_too_large', message, { param: 'body' });
