import { run, type Terminal } from './run.js';

function terminal(): Terminal & { outText: string; errorText: string; stop: () => void } {
  let stop = (): void => undefined;
  const stopRequested = new Promise<void>((resolve) => (stop = resolve));
  return {
    outText: '',
    errorText: '',
    out(text) {
      this.outText += text;
    },
    error(text) {
      this.errorText += text;
    },
    stopRequested,
    stop,
  };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('the command', () => {
  it('prints its address, serves, and exits with 0 when asked to stop', async () => {
    const screen = terminal();
    const finished = run(['--port', '0', '--defaults', 'text=hello'], screen);
    await until(() => screen.outText !== '');
    const [url] = /http:\S+/.exec(screen.outText) ?? [];
    expect((await fetch(`${url}/v1/models`)).status).toBe(200);
    screen.stop();
    expect(await finished).toBe(0);
    await expect(fetch(`${url}/v1/models`)).rejects.toThrow('fetch failed');
  });

  it('exits with 1 and advice when the port is taken', async () => {
    const first = terminal();
    const running = run(['--port', '0'], first);
    await until(() => first.outText !== '');
    const [, port] = /:(\d+)\n/.exec(first.outText) ?? [];
    const second = terminal();
    expect(await run(['--port', String(port)], second)).toBe(1);
    expect(second.errorText).toContain('choose another with --port');
    first.stop();
    expect(await running).toBe(0);
  });

  it('exits with 2 on wrong arguments and with 0 after its help', async () => {
    const screen = terminal();
    expect(await run(['--port', 'x'], screen)).toBe(2);
    expect(screen.errorText).toContain('--port must be');
    expect(await run(['--help'], screen)).toBe(0);
    expect(screen.outText).toContain('Usage:');
  });
});
