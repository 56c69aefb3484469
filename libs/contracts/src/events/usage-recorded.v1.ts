import { defineEvent } from '../define.js';
import { usageReport, usageReportExample } from './usage-reported.v1.js';

/** The request log has the call, with its authoritative cost: the ledger posts it, the warehouse stores it. */
export const usageRecordedV1 = defineEvent({
  subject: 'evt.metering.usage.recorded.v1',
  owner: 'metering',
  payload: usageReport,
  example: usageReportExample,
});
