import { useState } from 'react';
import { useKeys, useWallets } from '../../api/queries.js';
import type { ApiKey } from '../../api/types.js';
import { showCount } from '../../format/number.js';
import { strings } from '../../strings.js';
import { Empty, QueryView } from '../../ui/states.js';
import { CreateKeyDialog } from './create-key-dialog.js';
import { stateOfKey } from './key-state.js';
import { KeysTable } from './keys-table.js';
import { RevokeKeyDialog } from './revoke-key-dialog.js';

const text = strings.keys;

export function KeysPage() {
  const keys = useKeys();
  const wallets = useWallets();
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const [withRevoked, setWithRevoked] = useState(false);
  const all = keys.data?.rows ?? [];
  const revoked = all.filter((key) => stateOfKey(key, Date.now()) === 'revoked').length;
  const walletName = (id: string | null): string =>
    id === null ? text.defaultWalletShort : (wallets.data?.rows.find((wallet) => wallet.id === id)?.name ?? id);
  return (
    <>
      <div className="toolbar">
        <button type="button" className="button button-primary" onClick={() => setCreating(true)}>
          {text.create}
        </button>
        {revoked > 0 && (
          <label className="check">
            <input type="checkbox" checked={withRevoked} onChange={(event) => setWithRevoked(event.target.checked)} />
            {text.showRevoked(showCount(revoked))}
          </label>
        )}
      </div>
      <div className="card card-flush">
        <QueryView query={keys} lines={6}>
          {({ rows, complete }) => {
            const shown = withRevoked ? rows : rows.filter((key) => stateOfKey(key, Date.now()) !== 'revoked');
            return (
              <>
                {shown.length === 0 ? (
                  <Empty title={text.emptyTitle}>
                    <p>{text.emptyText}</p>
                  </Empty>
                ) : (
                  <KeysTable rows={shown} walletName={walletName} onRevoke={setRevoking} />
                )}
                {!complete && <p className="note note-foot">{strings.common.incomplete(showCount(rows.length))}</p>}
              </>
            );
          }}
        </QueryView>
      </div>
      {creating && <CreateKeyDialog wallets={wallets.data?.rows ?? []} onClose={() => setCreating(false)} />}
      {revoking && <RevokeKeyDialog apiKey={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}
