import type { ApiKey } from '../../api/types.js';
import { showCount, showCounted } from '../../format/number.js';
import { showDate } from '../../format/time.js';
import { useSession } from '../../session/session-context.js';
import { strings } from '../../strings.js';
import { Badge, Code, type Tone } from '../../ui/text.js';
import { endsLike, stateOfKey, type KeyState } from './key-state.js';

const text = strings.keys;
const TONES: Record<KeyState, Tone> = { active: 'good', expired: 'warn', revoked: 'plain' };

export interface KeysTableProps {
  rows: ApiKey[];
  walletName: (id: string | null) => string;
  onRevoke: (key: ApiKey) => void;
}

export function KeysTable({ rows, walletName, onRevoke }: KeysTableProps) {
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={strings.pages.keys}>
      <table>
        <thead>
          <tr>
            {[text.name, text.key, text.role, text.wallet, text.limits, text.expires, text.state].map((heading) => (
              <th key={heading} scope="col">
                {heading}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">{text.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((key) => (
            <Row key={key.id} apiKey={key} walletName={walletName} onRevoke={onRevoke} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ apiKey, walletName, onRevoke }: { apiKey: ApiKey } & Omit<KeysTableProps, 'rows'>) {
  const session = useSession();
  const state = stateOfKey(apiKey, Date.now());
  return (
    <tr className={state === 'active' ? undefined : 'faded'}>
      <th scope="row">
        {apiKey.name}
        <small className="note" title={apiKey.created_at}>
          {text.created(showDate(apiKey.created_at))}
        </small>
      </th>
      <td>
        <Code>{apiKey.masked}</Code>
        {session && state === 'active' && endsLike(apiKey.masked, session.key) && <Badge>{text.yours}</Badge>}
      </td>
      <td>{apiKey.role}</td>
      <td>{walletName(apiKey.wallet_id)}</td>
      <td>
        <Limits apiKey={apiKey} />
      </td>
      <td>
        {apiKey.expires_at === null ? (
          text.never
        ) : (
          <time dateTime={apiKey.expires_at} title={apiKey.expires_at}>
            {showDate(apiKey.expires_at)}
          </time>
        )}
      </td>
      <td>
        <Badge tone={TONES[state]}>{text[state]}</Badge>
      </td>
      <td className="number">
        {state !== 'revoked' && (
          <button
            type="button"
            className="button button-bad"
            aria-label={`${text.revoke} ${apiKey.name}`}
            onClick={() => onRevoke(apiKey)}
          >
            {text.revoke}
          </button>
        )}
      </td>
    </tr>
  );
}

function Limits({ apiKey: { models, requests_per_minute_max: perMinute } }: { apiKey: ApiKey }) {
  const parts = [
    models === null ? text.anyModel : showCounted(models.length, text.modelCount, text.modelsCount),
    ...(perMinute === null ? [] : [text.perMinuteShort(showCount(perMinute))]),
  ];
  return <span title={models?.join(', ')}>{parts.join(' · ')}</span>;
}
