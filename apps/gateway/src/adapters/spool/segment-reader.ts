import { createReadStream } from 'node:fs';
import { usageReport, type UsageReport } from '@ao/contracts';
import { usageOf } from '@ao/pricing';
import { z } from 'zod';

/** A report has a few kilobytes; whatever is longer than this is none, and is not held in memory. */
const LINE_BYTES_MAX = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** A line of a file of an earlier process. */
export type SpoolLine =
  /** As the report of a call that nobody ended, for what is known of it. */
  | { kind: 'begin'; report: UsageReport }
  | { kind: 'progress'; requestId: string; outputTokens: number; charges: UsageReport['charges'] }
  | { kind: 'end'; report: UsageReport }
  /** `isTorn`: the last one, cut off in the middle of its write, as a crash leaves it. */
  | { kind: 'damaged'; isTorn: boolean };

const DAMAGED: SpoolLine = { kind: 'damaged', isTorn: false };
const utf8 = new TextDecoder('utf-8', { fatal: true });
const tokenCount = z.int().min(0);
/** What an older version wrote has no token figures, and no progress. */
const line = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('begin'), call: z.looseObject({}), inputTokens: tokenCount.optional().default(0) }),
  z.object({
    kind: z.literal('progress'),
    requestId: z.string().min(1),
    outputTokens: tokenCount,
    charges: usageReport.shape.charges,
  }),
  z.object({ kind: z.literal('end'), report: usageReport }),
]);

/**
 * The lines of a file, read piece by piece: a spool may be larger than memory.
 * @throws what the file system says when it cannot be read.
 */
export async function* readSegment(path: string): AsyncGenerator<SpoolLine> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    // Not readline: it takes U+2028 for an end of line, and a caller may have sent one.
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const bytes = Buffer.concat([...held, chunk.subarray(start, end)]);
      if (heldBytes > LINE_BYTES_MAX) yield DAMAGED;
      else if (bytes.length > 0) yield readLine(bytes);
      [held, heldBytes, start] = [[], 0, end + 1];
    }
    heldBytes += chunk.length - start;
    if (heldBytes > LINE_BYTES_MAX) held = [];
    else if (start < chunk.length) held.push(chunk.subarray(start));
  }
  if (heldBytes > 0) yield { kind: 'damaged', isTorn: true };
}

function readLine(bytes: Buffer): SpoolLine {
  try {
    const read = line.parse(JSON.parse(utf8.decode(bytes)));
    return read.kind === 'begin' ? { kind: 'begin', report: asInterrupted(read.call, read.inputTokens) } : read;
  } catch {
    return DAMAGED;
  }
}

/** A call that the gateway's death cut off: billed for what was noted of it. Metering computes the cost from the usage. */
const asInterrupted = (call: object, inputTokens: number): UsageReport =>
  usageReport.parse({
    ...call,
    status: 500,
    errorCode: 'internal_error',
    partial: true,
    usage: usageOf({ inputTokens }),
    usageSource: inputTokens > 0 ? 'estimated' : 'none',
    cost: '0',
    durationMs: 0,
    firstTokenMs: null,
    finishReason: null,
  });
