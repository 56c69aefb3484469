import { strings } from '../../strings.js';
import { CopyBlock } from '../../ui/copy-button.js';
import { Dialog } from '../../ui/dialog.js';
import { curlExample } from '../connect/examples.js';

const text = strings.keys;

/** The one time that a key is seen. Escape does not close it: it would be lost by accident. */
export function CreatedKey({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog title={text.createdTitle} onClose={onClose} dismissible={false}>
      <p>{text.createdText}</p>
      <CopyBlock text={secret} />
      <details className="more">
        <summary>{text.tryIt}</summary>
        <CopyBlock text={curlExample(window.location.origin, secret)} />
      </details>
      <p className="dialog-actions">
        <button type="button" className="button button-primary" onClick={onClose}>
          {text.done}
        </button>
      </p>
    </Dialog>
  );
}
