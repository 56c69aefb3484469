/**
 * The key that the reader signed in with. It lives in this tab's sessionStorage: it survives a reload, and ends with the
 * tab. This is the only file that knows where it is kept.
 */
export interface Session {
  /** Empty on servers that ask for none. */
  readonly key: string;
}

const STORAGE_NAME = 'ao.session.key';

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;

export class SessionStore {
  private session: Session | null;
  private readonly listeners = new Set<() => void>();
  /** Whether the last session ended because the server refused its key. */
  expired = false;

  /** @param storage Null, or throwing, where the browser allows none: then the session ends with the page. */
  constructor(private readonly storage: Storage | null) {
    this.session = this.load();
  }

  readonly current = (): Session | null => this.session;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  signIn(key: string): void {
    this.expired = false;
    this.replace({ key });
  }

  signOut(expired = false): void {
    this.expired = expired;
    this.replace(null);
  }

  private replace(session: Session | null): void {
    this.session = session;
    try {
      if (session) this.storage?.setItem(STORAGE_NAME, session.key);
      else this.storage?.removeItem(STORAGE_NAME);
    } catch {
      // Full or forbidden: the session lives in memory.
    }
    for (const listener of this.listeners) listener();
  }

  private load(): Session | null {
    try {
      const key = this.storage?.getItem(STORAGE_NAME) ?? null;
      return key === null ? null : { key };
    } catch {
      return null;
    }
  }
}

/** The tab's storage, where the browser allows it. */
export function tabStorage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
