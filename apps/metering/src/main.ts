import { runServiceProcess } from '@ao/runtime';
import { meteringService } from './index.js';

await runServiceProcess(meteringService);
