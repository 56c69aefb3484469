import { BATCH_ERRORS_MAX, type BatchError } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { BatchRun } from '../../domain/batch.js';
import { isProblem, LINE_BYTES_MAX, readLine, type Problem, type RequestLine } from '../../domain/read-line.js';
import { splitLines, TOO_LONG } from '../../domain/split-lines.js';
import type { FileContents, SecretSeal } from '../files/file-contents.js';
import type { BatchQueue, NewLine } from './ports.js';

export interface ValidateBatchOptions {
  queue: BatchQueue;
  contents: FileContents;
  seal: SecretSeal;
  linesMax: number;
  clock: Clock;
}

/** What is written in one statement. */
const LINES_PER_WRITE = 500;
const BYTES_PER_WRITE = 1_048_576;

/** Reads the input of a batch: all lines are fit to be run and are stored, or the batch has failed. */
export class ValidateBatch {
  constructor(private readonly options: ValidateBatchOptions) {}

  /** @throws `LeaseLost`; the signal's reason. */
  async execute(run: BatchRun, signal: AbortSignal): Promise<void> {
    const { queue, clock } = this.options;
    await queue.clearLines(run);
    const input = new Input(run, this.options);
    const errors = await input.read(signal);
    if (errors.length > 0) await queue.fail(run, errors, clock.nowMs());
    else await queue.begin(run, input.total, clock.nowMs());
  }
}

class Input {
  total = 0;
  private readonly errors: BatchError[] = [];
  private readonly customIds = new Set<string>();
  private waiting: NewLine[] = [];
  private waitingBytes = 0;

  constructor(
    private readonly run: BatchRun,
    private readonly options: ValidateBatchOptions,
  ) {}

  /** What is wrong with it; as many errors as are told. */
  async read(signal: AbortSignal): Promise<BatchError[]> {
    const { contents, linesMax } = this.options;
    for await (const { number, line } of splitLines(contents.chunks(this.run.inputFileId), LINE_BYTES_MAX)) {
      signal.throwIfAborted();
      this.total += 1;
      if (this.total > linesMax) {
        return [{ line: null, ...problem('too_many_requests', `A batch may have ${linesMax} requests. Split it.`) }];
      }
      const request = line === TOO_LONG ? TOO_LONG_LINE : this.distinct(readLine(line, this.run.endpoint));
      if (isProblem(request)) this.errors.push({ line: number, ...request });
      else await this.add(number, request);
      if (this.errors.length >= BATCH_ERRORS_MAX) return this.errors;
    }
    if (this.total === 0) return [{ line: null, ...EMPTY }];
    await this.write();
    return this.errors;
  }

  private distinct(request: RequestLine | Problem): RequestLine | Problem {
    if (isProblem(request)) return request;
    if (this.customIds.has(request.customId)) return DUPLICATE;
    this.customIds.add(request.customId);
    return request;
  }

  private async add(position: number, { customId, body }: RequestLine): Promise<void> {
    // Nothing is run once a line is wrong.
    if (this.errors.length > 0) return;
    this.waiting.push({ position, customId, body: this.options.seal.seal(body, `${this.run.batchId}:${position}`) });
    this.waitingBytes += body.length;
    if (this.waiting.length >= LINES_PER_WRITE || this.waitingBytes >= BYTES_PER_WRITE) await this.write();
  }

  private async write(): Promise<void> {
    if (this.waiting.length > 0) await this.options.queue.addLines(this.run, this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
  }
}

function problem(code: string, message: string, param: string | null = null): Problem {
  return { code, message, param };
}
const EMPTY = problem('empty_file', 'The input file has no requests, or is gone. Upload one with a request per line.');
const TOO_LONG_LINE = problem('line_too_long', `A line has at most ${LINE_BYTES_MAX} bytes.`);
const DUPLICATE = problem(
  'duplicate_custom_id',
  'An earlier line has this "custom_id"; each needs its own.',
  'custom_id',
);
