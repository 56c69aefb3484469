export * from './action-performed.v1.js';
export * from './cost-adjusted.v1.js';
export * from './key-changed.v1.js';
export * from './usage-recorded.v1.js';
export * from './usage-reported.v1.js';
export * from './wallet.v1.js';
