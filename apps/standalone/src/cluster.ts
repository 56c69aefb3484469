import { runProcess } from '@ao/runtime';
import { environment } from './config.js';
import { startCluster } from './cluster/start-cluster.js';

await runProcess(() => startCluster(environment()));
