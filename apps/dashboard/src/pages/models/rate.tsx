import { strings } from '../../strings.js';
import { Usd } from '../../ui/text.js';

/** A price per million tokens, as a cell. */
export function Rate({ rate, free }: { rate: string | null; free: boolean }) {
  return (
    <td className="number">
      {free ? strings.models.free : rate === null ? strings.common.none : <Usd amount={rate} />}
    </td>
  );
}
