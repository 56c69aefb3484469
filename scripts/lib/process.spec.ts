import { runQuietly } from './process.mjs';

const node = (program: string) => runQuietly(process.execPath, ['--eval', program]);

describe('runQuietly', () => {
  it('gives the exit code and everything that was printed', async () => {
    const result = await node("console.log('out'); console.error('err'); process.exitCode = 3;");
    expect(result.code).toBe(3);
    expect(result.output).toContain('out\n');
    expect(result.output).toContain('err\n');
  });

  it('keeps only the end of a long output as its tail', async () => {
    const { tail } = await node("for (let i = 1; i <= 100; i += 1) console.log('line ' + i);");
    expect(tail.split('\n')).toHaveLength(40);
    expect(tail.endsWith('line 100')).toBe(true);
  });

  it('reports a program that cannot be started as code 127, with its name', async () => {
    const result = await runQuietly('ao-no-such-program', []);
    expect(result.code).toBe(127);
    expect(result.tail).toContain('ao-no-such-program');
  });

  it('reports a program that a signal ended as 128 plus the signal', async () => {
    expect((await node("process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 5000);")).code).toBe(143);
  });
});
