import { Responds } from '@ao/bus';
import { summariseChargesV1, type RequestOf, type ResponseOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { SummariseCharges } from '../../application/summarise-charges.js';

@Controller()
export class ChargesRpc {
  constructor(private readonly summariseCharges: SummariseCharges) {}

  @Responds(summariseChargesV1)
  async summarise(request: RequestOf<typeof summariseChargesV1>): Promise<ResponseOf<typeof summariseChargesV1>> {
    return { rows: await this.summariseCharges.execute(request) };
  }
}
