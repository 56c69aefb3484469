export type { Behaviour, FinishReason } from './behaviour/behaviour.js';
export type { FaultName } from './behaviour/faults.js';
export type { ScriptedAnswer } from './behaviour/script.js';
export type { AwsCredentials } from './protocols/bedrock/signature.js';
export type { SimulatorCounts } from './server/counters.js';
export type { Outcome, RecordedRequest } from './server/request-log.js';
export type { Timers } from './server/timers.js';
export { startSimulator, type Simulator, type SimulatorOptions } from './start-simulator.js';
