import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { UsageReport } from '@ao/contracts';
import type { CallBegin } from '../../application/ports.js';

/** A line of the spool. Money stands as a string of digits, as on the bus. */
export type SpoolRecord = { kind: 'begin'; call: CallBegin } | { kind: 'end'; report: UsageReport };

export function encodeRecord(record: SpoolRecord): string {
  return `${encodeReport(record)}\n`;
}

/** The JSON of the contract: nano-dollars are the only bigints in a report, and they travel as strings. */
export function encodeReport(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
}

/** What a file of an earlier process still holds, as raw JSON values. */
export interface Recovered {
  begins: Map<string, Record<string, unknown>>;
  ends: Map<string, Record<string, unknown>>;
  /** Lines that could not be read; a torn last one is normal after a crash. */
  damaged: number;
}

export async function readSegment(path: string): Promise<Recovered> {
  const recovered: Recovered = { begins: new Map(), ends: new Map(), damaged: 0 };
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  for await (const line of lines) {
    if (line === '') continue;
    try {
      const record = JSON.parse(line) as { kind: 'begin' | 'end'; call?: RawCall; report?: RawCall };
      const raw = record.kind === 'begin' ? record.call! : record.report!;
      (record.kind === 'begin' ? recovered.begins : recovered.ends).set(raw.requestId, raw);
    } catch {
      recovered.damaged += 1;
    }
  }
  return recovered;
}

type RawCall = Record<string, unknown> & { requestId: string };
