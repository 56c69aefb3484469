import type { UsageReport } from '@ao/contracts';
import type { CallBegin, CallProgress } from '../../application/ports.js';

/** Lines of the spool. Money stands as a string of digits, as on the bus. */
export const encodeBegin = (call: CallBegin, { inputTokens }: CallProgress): string =>
  `{"kind":"begin","call":${encodeReport(call)},"inputTokens":${inputTokens}}\n`;

/** What a stream has used so far; the last one before a crash counts. */
export function encodeProgress(requestId: string, { outputTokens, charges }: CallProgress): string {
  const progress = { kind: 'progress', requestId, outputTokens, charges: charges.map(encodeCharge) };
  return `${JSON.stringify(progress)}\n`;
}

/** @param report As `encodeReport` gave it: it goes into the file and onto the bus alike. */
export const encodeEnd = (report: string): string => `{"kind":"end","report":${report}}\n`;

/**
 * The JSON of the contract, whose only bigints are these; a replacer that looks for them everywhere would take several
 * times as long.
 */
export function encodeReport(report: CallBegin | UsageReport): string {
  const charges = report.charges.map(encodeCharge);
  if (!('cost' in report)) return JSON.stringify({ ...report, charges });
  const attempts = report.attempts?.map((attempt) => ({ ...attempt, cost: attempt.cost.toString() }));
  const savedCost = report.savedCost?.toString();
  return JSON.stringify({ ...report, charges, cost: report.cost.toString(), savedCost, attempts });
}

const encodeCharge = (charge: UsageReport['charges'][number]): object => ({
  ...charge,
  reserved: charge.reserved.toString(),
});
