import type { CostStore } from '../../application/ports.js';
import type { CostAnswer, CostQuestion } from '../../domain/cost-question.js';
import { costQuery, QUERY_DEADLINE_MS, toCostAnswer, type CostSqlRow } from './cost-sql.js';
import type { ReadyWarehouse } from './ready-warehouse.js';

export class WarehouseCostStore implements CostStore {
  constructor(private readonly warehouse: ReadyWarehouse) {}

  async sum(question: CostQuestion): Promise<CostAnswer> {
    const warehouse = await this.warehouse.get();
    const { sql, parameters } = costQuery(question);
    const rows = await warehouse.query<CostSqlRow>(sql, parameters, { deadlineMs: QUERY_DEADLINE_MS });
    return toCostAnswer(rows, question);
  }
}
