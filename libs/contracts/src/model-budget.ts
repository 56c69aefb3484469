import { z } from 'zod';
import { modelName, nanoUsd } from './fields.js';

export const walletPeriod = z.enum(['none', 'day', 'week', 'month']);
export type WalletPeriod = z.output<typeof walletPeriod>;

/** What the calls of a key or a team may cost on one model in a period. */
export const modelBudget = z.object({ model: modelName, limit: nanoUsd, period: walletPeriod });
export type ModelBudget = z.output<typeof modelBudget>;
