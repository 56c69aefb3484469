import { runServiceProcess } from '@ao/runtime';
import { identityService } from './index.js';

await runServiceProcess(identityService);
