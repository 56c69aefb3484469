import { useEffect, useState } from 'react';
import { strings } from '../strings.js';

const SHOWN_MS = 2_000;

/** Puts a text on the clipboard and says whether that worked: without HTTPS, browsers refuse. */
export function CopyButton({ text, label = strings.common.copy }: { text: string; label?: string }) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (outcome === null) return undefined;
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
  };
  return (
    <button type="button" className="button" onClick={() => void copy()}>
      <span aria-live="polite">
        {outcome === null ? label : outcome === 'copied' ? strings.common.copied : strings.common.copyFailed}
      </span>
    </button>
  );
}

/** A text to copy: a key, a command. */
export function CopyBlock({ text }: { text: string }) {
  return (
    <div className="copy-block">
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} />
    </div>
  );
}
