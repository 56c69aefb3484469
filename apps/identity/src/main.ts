import { runServiceProcess } from '@ao/runtime';
import { identityServiceAlone } from './index.js';

await runServiceProcess(identityServiceAlone);
