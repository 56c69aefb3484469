import { runServiceProcess } from '@ao/runtime';
import { routingService } from './index.js';

await runServiceProcess(routingService);
