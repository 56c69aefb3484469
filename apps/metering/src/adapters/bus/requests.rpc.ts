import { Responds } from '@ao/bus';
import { getRequestV1, listRequestsV1, type RequestOf, type ResponseOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { GetRequest } from '../../application/get-request.js';
import { ListRequests } from '../../application/list-requests.js';

@Controller()
export class RequestsRpc {
  constructor(
    private readonly listRequests: ListRequests,
    private readonly getRequest: GetRequest,
  ) {}

  @Responds(listRequestsV1)
  list(request: RequestOf<typeof listRequestsV1>): Promise<ResponseOf<typeof listRequestsV1>> {
    return this.listRequests.execute(request);
  }

  @Responds(getRequestV1)
  get({ actor, requestId }: RequestOf<typeof getRequestV1>): Promise<ResponseOf<typeof getRequestV1>> {
    return this.getRequest.execute(actor, requestId);
  }
}
