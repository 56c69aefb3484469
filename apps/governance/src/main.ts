import { runServiceProcess } from '@ao/runtime';
import { governanceService } from './index.js';

await runServiceProcess(governanceService);
