// The one entry of every npm script. Plain JavaScript on Node 20 with nothing installed: it is what installs the rest.
import { reportFailure } from './lib/console.mjs';
import { commands, helpOf, overview } from './commands/index.mjs';

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;

if (!command) {
  process.stderr.write(overview());
  process.exitCode = name === '' || name === '--help' ? 0 : 2;
} else if (args.includes('--help')) {
  process.stdout.write(helpOf(name, command));
} else {
  try {
    process.exitCode = await command.run(args);
  } catch (error) {
    reportFailure(error);
    process.exitCode = 1;
  }
}
