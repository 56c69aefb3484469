import { startSimulator } from '@ao/provider-simulator';

// A process of its own: `node simulator.main.js <directives>`; tells its address to the one that started it.
const [defaults] = process.argv.slice(2);
const simulator = await startSimulator({
  host: '127.0.0.1',
  port: 0,
  recordedRequestsMax: 0,
  admin: false,
  defaults: defaults!,
});
process.on('disconnect', () => process.exit(0));
process.send!(simulator.url);
