import { runServiceProcess } from '@ao/runtime';
import { analyticsService } from './index.js';

await runServiceProcess(analyticsService);
