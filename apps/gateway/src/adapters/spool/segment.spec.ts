import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nanoUsd } from '@ao/kernel';
import { usageReportExample, usageReportedV1 } from '@ao/contracts';
import { encodeEnd, encodeReport } from './segment.js';
import { readSegment } from './segment-reader.js';

describe('a segment of the spool', () => {
  it('[BX-002] gives back a report whatever characters its caller sent', async () => {
    const path = join(tmpdir(), `ao-segment-${process.pid}.spool`);
    const endUserId = 'a\u2028b\u2029c\r\nd\0';
    const { provider, deploymentId, model, priceId, status, errorCode, usage, usageSource, cost } = usageReportExample;
    const attempt = { provider, deploymentId, model, priceId, status, errorCode, usage, usageSource, cost };
    const attempts = [{ ...attempt, startedAtMs: 1, durationMs: 2 }];
    const report = usageReportedV1.payload.parse({ ...usageReportExample, endUserId, attempts });
    await writeFile(path, encodeEnd(encodeReport(report)));
    try {
      const lines = [];
      for await (const line of readSegment(path)) lines.push(line);
      expect(lines).toEqual([{ kind: 'end', report }]);
    } finally {
      await rm(path);
    }
  });

  it('[CA-011] gives back what a repeated answer saved', () => {
    const report = { ...usageReportedV1.payload.parse(usageReportExample), savedCost: nanoUsd(25n) };
    expect(usageReportedV1.payload.parse(JSON.parse(encodeReport(report)))).toEqual(report);
  });
});
