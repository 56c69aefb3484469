import { createBareProxy } from './bare-proxy.js';

// A process of its own: `node bare-proxy.main.js <url of the upstream>`; tells its address to the one that started it.
const [upstreamUrl] = process.argv.slice(2);
const app = createBareProxy(upstreamUrl!);
process.on('disconnect', () => process.exit(0));
process.send!(await app.listen({ host: '127.0.0.1', port: 0 }));
