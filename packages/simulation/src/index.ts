export { drawPlan } from './plan/draw-plan.js';
export { runPlan, type RunResult } from './run-plan.js';
export { runSeeds, type Summary } from './run-seeds.js';
