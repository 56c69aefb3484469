import type { CostSeries } from '../../charts/cost-series.js';
import { groupName } from '../../charts/group-legend.js';
import { showNanoUsd } from '../../format/money.js';
import { showUtcDay } from '../../format/time.js';
import { strings } from '../../strings.js';

/** The chart's figures to read, copy and compare. */
export function SpendTable({ series: { groups, days, total } }: { series: CostSeries }) {
  return (
    <details className="more">
      <summary>{strings.spend.table}</summary>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={strings.spend.title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{strings.spend.day}</th>
              {groups.map(({ name }) => (
                <th key={name} scope="col" className="number">
                  {groupName(name)}
                </th>
              ))}
              <th scope="col" className="number">
                {strings.common.total}
              </th>
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day.day}>
                <th scope="row">{showUtcDay(day.day)}</th>
                {day.parts.map((part, index) => (
                  <td key={index} className="number">
                    {part === 0n ? strings.common.none : showNanoUsd(part)}
                  </td>
                ))}
                <td className="number">{showNanoUsd(day.total)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{strings.common.total}</th>
              {groups.map((group) => (
                <td key={group.name} className="number">
                  {showNanoUsd(group.total)}
                </td>
              ))}
              <td className="number">{showNanoUsd(total)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </details>
  );
}
