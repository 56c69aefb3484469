import { CHARGE_ROWS_MAX, type ChargeSummary, type RequestOf, type summariseChargesV1 } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';

type Request = RequestOf<typeof summariseChargesV1>;

export interface ChargeQuery {
  orgId: string;
  from: string;
  before: string;
  teamId: string | undefined;
  rowsMax: number;
}

export interface ChargeSummaries {
  /** @throws AppError `timeout` when so many calls must be read that the answer would come too late. */
  summarise(query: ChargeQuery): Promise<ChargeSummary[]>;
}

/** Sums up what the calls of an organisation cost. */
export class SummariseCharges {
  constructor(private readonly summaries: ChargeSummaries) {}

  /** @throws AppError `permission_denied`, `invalid_parameter` (too many groups), `timeout`. */
  async execute({ actor, from, to, teamId }: Request): Promise<ChargeSummary[]> {
    requireAdmin(actor);
    const query = { orgId: actor.orgId, from, before: to, teamId, rowsMax: CHARGE_ROWS_MAX + 1 };
    const rows = await this.summaries.summarise(query);
    if (rows.length <= CHARGE_ROWS_MAX) return rows;
    const message = `The range has more than ${CHARGE_ROWS_MAX} rows. Ask for a shorter one, or for one team.`;
    throw new AppError('invalid_parameter', message, { param: 'from' });
  }
}
