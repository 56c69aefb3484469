import { writeFile } from 'node:fs/promises';
import { HELP, readArguments } from './arguments.js';
import { formatReport } from './report/table.js';
import { runBench } from './run-bench.js';

const command = readArguments(process.argv.slice(2));
if (command.kind === 'help') {
  process.stdout.write(HELP);
} else if (command.kind === 'refused') {
  process.stderr.write(`bench: ${command.problem}\nTry --help.\n`);
  process.exitCode = 2;
} else {
  try {
    const report = await runBench(command.options, (line) => process.stderr.write(`bench: ${line}\n`));
    process.stdout.write(`\n${formatReport(report)}\n`);
    const { jsonFile } = command.options;
    if (jsonFile !== null) await writeFile(jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
