import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { silentLogger, type Logger } from '@ao/kernel';
import { temporaryFolder, waitFor, type TemporaryFolder } from '@ao/testing';
import type { ModelConfig } from './model-config.js';
import { watchModelConfig, type ModelConfigWatch } from './watch-model-config.js';

const fileOf = (group: string): string =>
  `model_list: [{model_name: ${group}, params: {model: openai/gpt-4o, api_key: k}}]`;

describe('watching AO_CONFIG', () => {
  let folder: TemporaryFolder;
  let file: string;
  let watcher: ModelConfigWatch | undefined;
  const seen: string[] = [];
  const logged: string[] = [];
  const logger: Logger = { ...silentLogger, error: (fields) => void logged.push(JSON.stringify(fields)) };
  const follow = (options: { debounceMs?: number; pollIntervalMs?: number } = {}): void => {
    const onChange = (config: ModelConfig): void => void seen.push(config.deployments[0]!.modelGroup);
    watcher = watchModelConfig(file, onChange, { environment: {}, logger, ...options });
  };

  beforeEach(async () => {
    folder = await temporaryFolder('config');
    file = path.join(folder.path, 'config.yaml');
    seen.length = logged.length = 0;
    await writeFile(file, fileOf('first'));
  });
  afterEach(async () => {
    watcher?.stop();
    await folder.remove();
  });

  it('[RT-016] hears of a change in place, of a new file in its place, and once of each', async () => {
    follow();
    expect(watcher!.current.deployments[0]!.modelGroup).toBe('first');
    await writeFile(file, fileOf('second'));
    await waitFor(() => seen.includes('second'));
    await writeFile(`${file}.new`, fileOf('third'));
    await rename(`${file}.new`, file);
    await waitFor(() => seen.includes('third'));
    expect(seen).toEqual(['second', 'third']);
  });

  it('follows a link that is turned to another folder, as Kubernetes mounts do', async () => {
    await mkdir(path.join(folder.path, 'v1'));
    await mkdir(path.join(folder.path, 'v2'));
    await writeFile(path.join(folder.path, 'v1', 'ao.yaml'), fileOf('first'));
    await writeFile(path.join(folder.path, 'v2', 'ao.yaml'), fileOf('second'));
    await symlink('v1', path.join(folder.path, 'data'));
    file = path.join(folder.path, 'ao.yaml');
    await symlink(path.join('data', 'ao.yaml'), file);
    follow();
    await symlink('v2', path.join(folder.path, 'data.new'));
    await rename(path.join(folder.path, 'data.new'), path.join(folder.path, 'data'));
    await waitFor(() => seen.includes('second'));
  });

  it('keeps the last good configuration while the file is bad or away, and says so', async () => {
    follow();
    await writeFile(file, 'model_list: 7');
    await waitFor(() => logged.length > 0);
    expect(logged[0]).toContain('model_list: must be a list');
    expect(watcher!.current.deployments[0]!.modelGroup).toBe('first');
    await writeFile(file, fileOf('second'));
    await waitFor(() => seen.includes('second'));
  });

  it('finds a change without any notification from the system', async () => {
    follow({ debounceMs: 1_000_000, pollIntervalMs: 20 });
    await writeFile(file, fileOf('second'));
    await waitFor(() => seen.includes('second'));
  });

  it('refuses to start without the file, and says what to do', () => {
    file = path.join(folder.path, 'absent.yaml');
    expect(() => follow()).toThrow('does not exist: correct the path, or unset AO_CONFIG');
    file = folder.path;
    expect(() => follow()).toThrow('is no file');
  });
});
