import { Responds } from '@ao/bus';
import { queryExperimentV1, type RequestOf, type ResponseOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { QueryExperiment } from '../../application/query-experiment.js';

@Controller()
export class ExperimentsRpc {
  constructor(private readonly queryExperiment: QueryExperiment) {}

  @Responds(queryExperimentV1)
  query(request: RequestOf<typeof queryExperimentV1>): Promise<ResponseOf<typeof queryExperimentV1>> {
    return this.queryExperiment.execute(request);
  }
}
