export { runBench, type BenchReport } from './run-bench.js';
export { readArguments, type BenchOptions } from './arguments.js';
