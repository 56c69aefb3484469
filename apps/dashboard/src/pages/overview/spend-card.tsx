import { formatUsd } from '@ao/kernel';
import { useMemo, useState } from 'react';
import { useCost } from '../../api/queries.js';
import type { CostDimension, CostReport } from '../../api/types.js';
import { toCostSeries } from '../../charts/cost-series.js';
import { DayBars } from '../../charts/day-bars.js';
import { groupColour, GroupLegend } from '../../charts/group-legend.js';
import { showNanoUsd } from '../../format/money.js';
import { showCounted } from '../../format/number.js';
import { showUtcDay } from '../../format/time.js';
import type { Route } from '../../routing/route.js';
import { navigate } from '../../routing/use-route.js';
import { strings } from '../../strings.js';
import { Card } from '../../ui/card.js';
import { Select } from '../../ui/field.js';
import { Empty, QueryView } from '../../ui/states.js';
import { Usd } from '../../ui/text.js';
import { SpendTable } from './spend-table.js';

const RANGES = [7, 30, 90] as const;
const DEFAULT_DAYS = 30;
const GROUPS_SHOWN = 6;
const DIMENSIONS = Object.keys(strings.spend.dimensions) as CostDimension[];

/** What was spent day by day, and on what. The choice is kept in the address. */
export function SpendCard({ route }: { route: Route }) {
  const days = RANGES.find((each) => String(each) === route.query['days']) ?? DEFAULT_DAYS;
  const groupBy = DIMENSIONS.find((each) => each === route.query['by']) ?? 'model';
  const cost = useCost(days, groupBy);
  const choose = (query: Record<string, string>): void =>
    navigate({ page: 'overview', query: { ...route.query, ...query } }, { replace: true });
  return (
    <Card
      title={strings.spend.title}
      aside={
        <>
          <Select
            label={strings.spend.range}
            value={String(days)}
            options={RANGES.map((each) => [String(each), strings.spend.rangeDays(each)] as const)}
            onChange={(value) => choose({ days: value })}
          />
          <Select
            label={strings.spend.groupBy}
            value={groupBy}
            options={DIMENSIONS.map(
              (each) => [each, `${strings.spend.groupBy} ${strings.spend.dimensions[each].toLowerCase()}`] as const,
            )}
            onChange={(value) => choose({ by: value })}
          />
        </>
      }
    >
      <QueryView query={cost} lines={7}>
        {(data) => <Spend report={data.report} days={data.days} />}
      </QueryView>
    </Card>
  );
}

function Spend({ report, days }: { report: CostReport; days: string[] }) {
  const series = useMemo(() => toCostSeries(report, days, GROUPS_SHOWN), [report, days]);
  const [selected, setSelected] = useState<number | null>(null);
  if (series.groups.length === 0)
    return (
      <Empty title={strings.spend.emptyTitle}>
        <p>{strings.spend.emptyText}</p>
      </Empty>
    );
  const day = selected === null ? undefined : series.days[selected];
  const range = strings.spend.rangeDays(days.length);
  const { total, requests } = day ?? series;
  return (
    <>
      <p className="hero" aria-live="polite">
        <span className="hero-name">{day ? showUtcDay(day.day) : range}</span>
        <span className="hero-figure">
          <Usd amount={formatUsd(total)} />
        </span>
        <span className="note">{showCounted(requests, strings.spend.request, strings.spend.requests)}</span>
      </p>
      <div className="spend">
        <DayBars
          days={series.days}
          colours={series.groups.map(({ name }, index) => groupColour(index, name))}
          selected={selected}
          onSelect={setSelected}
          label={strings.spend.chart(range, showNanoUsd(series.total))}
        />
        <GroupLegend groups={series.groups} day={day ?? null} />
      </div>
      {series.unexplained > 0n && <p className="note">{strings.spend.unexplained(showNanoUsd(series.unexplained))}</p>}
      <SpendTable series={series} />
    </>
  );
}
