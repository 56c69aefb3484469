import { runServiceProcess } from '@ao/runtime';
import { walletService } from './index.js';

await runServiceProcess(walletService);
