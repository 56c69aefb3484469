import { mkdtempSync, statSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKey } from './key-file.js';
import { SecretBox } from './secret-box.js';

const box = new SecretBox(Buffer.alloc(32, 1));

describe('sealed secrets', () => {
  it('open to what was sealed, and differ each time', () => {
    const [first, second] = [box.seal('sk-secret'), box.seal('sk-secret')];
    expect(first).not.toBe(second);
    expect([box.open(first), box.open(second)]).toEqual(['sk-secret', 'sk-secret']);
  });

  it('do not open when a bit was flipped or the key is another', () => {
    const sealed = box.seal('sk-secret');
    const flipped = sealed.slice(0, 10) + (sealed[10] === 'A' ? 'B' : 'A') + sealed.slice(11);
    expect(() => box.open(flipped)).toThrow('could not be opened');
    expect(() => new SecretBox(Buffer.alloc(32, 2)).open(sealed)).toThrow('could not be opened');
  });

  it('open only for what they were sealed for', () => {
    const sealed = box.seal('sk-secret', 'org_1');
    expect(box.open(sealed, 'org_1')).toBe('sk-secret');
    expect(() => box.open(sealed, 'org_2')).toThrow('could not be opened');
    expect(() => box.open(sealed)).toThrow('could not be opened');
  });
});

describe('the key file', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'ao-key-')), 'keys', 'master.key');

  it('is made once, for its owner alone', () => {
    const key = loadKey(undefined, path, 'AO_MASTER_KEY');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadKey(undefined, path, 'AO_MASTER_KEY')).toEqual(key);
  });

  it('cannot be made where no folder can: the start ends with one line', () => {
    expect(() => loadKey(undefined, '/proc/none/keys/master.key', 'AO_MASTER_KEY')).toThrow(/cannot write/);
  });

  it('is refused when others can read it', () => {
    chmodSync(path, 0o644);
    expect(() => loadKey(undefined, path, 'AO_MASTER_KEY')).toThrow(/chmod 600/);
  });
});
