import { useRevokeKey } from '../../api/queries.js';
import type { ApiKey } from '../../api/types.js';
import { useSession } from '../../session/session-context.js';
import { strings } from '../../strings.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorNotice } from '../../ui/states.js';
import { Code } from '../../ui/text.js';
import { endsLike } from './key-state.js';

const text = strings.keys;

/** Asks once more: a revoked key stays revoked. */
export function RevokeKeyDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const revoke = useRevokeKey();
  const session = useSession();
  return (
    <Dialog title={text.revokeTitle(apiKey.name)} onClose={onClose}>
      <p>
        <Code>{apiKey.masked}</Code>
      </p>
      <p>{text.revokeText}</p>
      {session && endsLike(apiKey.masked, session.key) && <p className="notice notice-warn">{text.revokeYours}</p>}
      {revoke.error && <ErrorNotice error={revoke.error} />}
      <p className="dialog-actions">
        <button type="button" className="button" autoFocus onClick={onClose}>
          {strings.common.cancel}
        </button>
        <button
          type="button"
          className="button button-danger"
          disabled={revoke.isPending}
          onClick={() => revoke.mutate(apiKey.id, { onSuccess: onClose })}
        >
          {revoke.isPending ? text.revoking : text.revoke}
        </button>
      </p>
    </Dialog>
  );
}
