import { SessionStore } from './session.js';

/** What a browser gives a tab. */
function storage(initial: Record<string, string> = {}) {
  const items = new Map(Object.entries(initial));
  return {
    items,
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
    removeItem: (name: string) => void items.delete(name),
  };
}

describe('the session', () => {
  it('outlives a reload of the page', () => {
    const tab = storage();
    new SessionStore(tab).signIn('sk-ao-1');
    expect(new SessionStore(tab).current()).toEqual({ key: 'sk-ao-1' });
  });

  it('leaves nothing of the key behind after signing out', () => {
    const tab = storage();
    const session = new SessionStore(tab);
    session.signIn('sk-ao-1');
    session.signOut();
    expect(session.current()).toBeNull();
    expect([...tab.items.values()].join()).not.toContain('sk-ao-1');
    expect(new SessionStore(tab).current()).toBeNull();
  });

  it('tells those who listen, and says whether the key was refused', () => {
    const session = new SessionStore(storage());
    const told: (string | undefined)[] = [];
    const stop = session.subscribe(() => told.push(session.current()?.key));
    session.signIn('a');
    session.signOut(true);
    expect(session.expired).toBe(true);
    session.signIn('b');
    expect(session.expired).toBe(false);
    stop();
    session.signOut();
    expect(told).toEqual(['a', undefined, 'b']);
  });

  it('knows a session without a key from none', () => {
    const tab = storage();
    new SessionStore(tab).signIn('');
    expect(new SessionStore(tab).current()).toEqual({ key: '' });
  });

  it('works without a storage, for as long as the page is open', () => {
    const forbidden = (): never => {
      throw new DOMException('denied', 'SecurityError');
    };
    for (const none of [null, { getItem: forbidden, setItem: forbidden, removeItem: forbidden }]) {
      const session = new SessionStore(none);
      expect(session.current()).toBeNull();
      session.signIn('sk-ao-1');
      expect(session.current()).toEqual({ key: 'sk-ao-1' });
      session.signOut();
      expect(session.current()).toBeNull();
    }
  });
});
