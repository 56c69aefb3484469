import { Responds } from '@ao/bus';
import { queryCostV1, type RequestOf, type ResponseOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { QueryCost } from '../../application/query-cost.js';

@Controller()
export class CostRpc {
  constructor(private readonly queryCost: QueryCost) {}

  @Responds(queryCostV1)
  query(request: RequestOf<typeof queryCostV1>): Promise<ResponseOf<typeof queryCostV1>> {
    return this.queryCost.execute(request);
  }
}
