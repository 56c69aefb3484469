import { Badge, type Tone } from '../../ui/text.js';

/** The HTTP status of a call, with the error's code where there is one. */
export function StatusBadge({ status, errorCode }: { status: number; errorCode: string | null }) {
  return (
    <>
      <Badge tone={toneOf(status)}>{status}</Badge>
      {errorCode && <span className="status-code">{errorCode}</span>}
    </>
  );
}

function toneOf(status: number): Tone {
  if (status >= 500) return 'bad';
  return status >= 400 ? 'warn' : 'good';
}
