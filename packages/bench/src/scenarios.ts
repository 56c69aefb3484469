import type { Pace } from './load/job.js';

/** Something that is measured on both sides. */
export interface Scenario {
  name: string;
  /** What it reports. */
  figures: Figures;
  stream: boolean;
  pace: Pace;
}

/** `throughput`: requests per second and latency of a full load; `latency`: what the platform adds at a fixed rate. */
type Figures = 'throughput' | 'latency';

const CONNECTIONS = 64;
const REQUESTS_PER_SECOND = 500;
/** A stream is about 20 times the work of a plain answer; both must be far from full load, or queues are measured. */
const STREAMS_PER_SECOND = 100;

/** The figures of DESIGN §10. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'plain', figures: 'throughput', stream: false, pace: { kind: 'closed', connections: CONNECTIONS } },
  { name: 'stream', figures: 'throughput', stream: true, pace: { kind: 'closed', connections: CONNECTIONS } },
  {
    name: 'plain-latency',
    figures: 'latency',
    stream: false,
    pace: { kind: 'open', requestsPerSecond: REQUESTS_PER_SECOND },
  },
  {
    name: 'stream-latency',
    figures: 'latency',
    stream: true,
    pace: { kind: 'open', requestsPerSecond: STREAMS_PER_SECOND },
  },
];

/** How a whole answer of the simulator ends. */
export const endingOf = ({ stream }: Scenario): string => (stream ? 'data: [DONE]\n\n' : '}');
