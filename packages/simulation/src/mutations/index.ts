import { gatewayMutations } from './gateway-mutations.js';
import { ledgerMutations } from './ledger-mutations.js';
import type { Mutation } from './sabotage.js';

export const mutations: readonly Mutation[] = [...ledgerMutations, ...gatewayMutations];
