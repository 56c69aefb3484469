import { runServiceProcess } from '@ao/runtime';
import { notificationService } from './index.js';

await runServiceProcess(notificationService);
