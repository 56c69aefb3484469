import { readFile } from 'node:fs/promises';
import type { UsageReport } from '@ao/contracts';
import type { CallBegin } from '../../application/ports.js';

/** Lines of the spool. Money stands as a string of digits, as on the bus. */
export const encodeBegin = (call: CallBegin): string => `{"kind":"begin","call":${encodeReport(call)}}\n`;

/** @param report As `encodeReport` gave it: it goes into the file and onto the bus alike. */
export const encodeEnd = (report: string): string => `{"kind":"end","report":${report}}\n`;

/**
 * The JSON of the contract, whose only bigints are these; a replacer that looks for them everywhere would take several
 * times as long.
 */
export function encodeReport(report: CallBegin | UsageReport): string {
  const charges = report.charges.map((charge) => ({ ...charge, reserved: charge.reserved.toString() }));
  return JSON.stringify(
    'cost' in report ? { ...report, charges, cost: report.cost.toString() } : { ...report, charges },
  );
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
  // Not readline: it takes U+2028 for an end of line, and a caller may have sent one.
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
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
