import { runServiceProcess } from '@ao/runtime';
import { agentsService } from './index.js';

await runServiceProcess(agentsService);
