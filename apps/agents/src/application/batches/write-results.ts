import { FILE_CHUNK_BYTES_MAX } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import { endOf, lineIdOf, unrun, type BatchProgress, type BatchRun, type LineOutcome } from '../../domain/batch.js';
import { expiryOf, UPLOAD_TTL_MS } from '../../domain/stored-file.js';
import { toResultLine } from '../../domain/result-line.js';
import type { FileContents, SecretSeal } from '../files/file-contents.js';
import type { FileStore, UploadRef } from '../files/ports.js';
import { LeaseLost, type BatchQueue, type StoredOutcome } from './ports.js';

export interface WriteResultsOptions {
  queue: BatchQueue;
  files: FileStore;
  contents: FileContents;
  seal: SecretSeal;
  retentionDays: number;
  clock: Clock;
  ids: IdGenerator;
}

const OUTCOMES_PER_READ = 50;

/** Writes the files of a batch whose lines are through, and ends it. */
export class WriteResults {
  constructor(private readonly options: WriteResultsOptions) {}

  /** @returns the status that the batch ended in. @throws `LeaseLost`; the signal's reason. */
  async execute(run: BatchRun, progress: BatchProgress, signal: AbortSignal): Promise<string> {
    const { queue, clock, retentionDays } = this.options;
    const end = endOf(progress);
    const missing = end === 'completed' ? null : unrun[end];
    const outputFileId = await this.write(run, 'output', signal, ({ succeeded, outcome }) =>
      succeeded === true ? outcome : null,
    );
    const errorFileId = await this.write(run, 'error', signal, ({ succeeded, outcome }) =>
      succeeded === true ? null : (outcome ?? missing),
    );
    const nowMs = clock.nowMs();
    const expiresAtMs = expiryOf(nowMs, run.outputExpiresAfterSeconds, retentionDays);
    await queue.end(run, end, { outputFileId, errorFileId, expiresAtMs }, nowMs);
    return end;
  }

  /** @param pick What of a line goes into the file. @returns null when nothing does. */
  private async write(
    run: BatchRun,
    name: string,
    signal: AbortSignal,
    pick: (line: Opened) => LineOutcome | null,
  ): Promise<string | null> {
    const file = new ResultFile(run, `${run.batchId}_${name}.jsonl`, this.options);
    for (let after = 0; ;) {
      signal.throwIfAborted();
      const lines = await this.options.queue.outcomes(run, { after, limit: OUTCOMES_PER_READ });
      for (const line of lines) {
        const outcome = pick(this.open(run, line));
        if (!outcome) continue;
        await file.add(toResultLine(lineIdOf(run.batchId, line.position), line.customId, outcome));
      }
      const last = lines.at(-1);
      if (!last || lines.length < OUTCOMES_PER_READ) return file.close();
      after = last.position;
    }
  }

  private open({ batchId }: BatchRun, { position, succeeded, outcome }: StoredOutcome): Opened {
    if (outcome === null) return { succeeded, outcome };
    return { succeeded, outcome: JSON.parse(this.options.seal.open(outcome, `${batchId}:${position}`)) as LineOutcome };
  }
}

interface Opened {
  succeeded: boolean | null;
  outcome: LineOutcome | null;
}

/** An upload of our own: of one that is not closed nothing is seen, and it goes by itself. */
class ResultFile {
  private ref: UploadRef | null = null;
  private position = 0;
  private parts: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly run: BatchRun,
    private readonly filename: string,
    private readonly options: WriteResultsOptions,
  ) {}

  async add(text: string): Promise<void> {
    const part = Buffer.from(text);
    this.parts.push(part);
    this.bytes += part.length;
    if (this.bytes >= FILE_CHUNK_BYTES_MAX) await this.flush(FILE_CHUNK_BYTES_MAX);
  }

  /** Null when nothing was added. */
  async close(): Promise<string | null> {
    await this.flush(1);
    return this.ref?.fileId ?? null;
  }

  /** Writes whole chunks, as long as so many bytes wait. */
  private async flush(bytesMin: number): Promise<void> {
    let content = Buffer.concat(this.parts);
    while (content.length >= bytesMin) {
      await this.append(content.subarray(0, FILE_CHUNK_BYTES_MAX));
      content = content.subarray(FILE_CHUNK_BYTES_MAX);
    }
    this.parts = [content];
    this.bytes = content.length;
  }

  private async append(chunk: Buffer): Promise<void> {
    const { files, contents } = this.options;
    this.ref ??= await this.start();
    const { position } = this;
    const content = contents.sealChunk(this.ref.fileId, position, chunk);
    // What a batch has paid for is kept, whatever limit its organisation has reached.
    const appended = await files.append(this.ref, { position, content, bytes: chunk.length }, null);
    if (appended !== 'appended') throw new LeaseLost('the file of a batch was swept while it was written');
    this.position += 1;
  }

  private async start(): Promise<UploadRef> {
    const { files, clock, ids } = this.options;
    const { orgId, keyId } = this.run;
    const ref = { orgId, keyId, fileId: ids.next('file') };
    const createdAtMs = clock.nowMs();
    const upload = { ...ref, filename: this.filename, createdAtMs, expiresAtMs: createdAtMs + UPLOAD_TTL_MS };
    await files.create(upload, { organisationFilesMax: Number.MAX_SAFE_INTEGER });
    return ref;
  }
}
