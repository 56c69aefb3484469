import { Responds } from '@ao/bus';
import { deleteResponseV1, getResponseV1, saveResponseV1, type RequestOf, type ResponseOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { KeepResponses } from '../../application/responses/keep-responses.js';

@Controller()
export class ResponsesRpc {
  constructor(private readonly responses: KeepResponses) {}

  @Responds(saveResponseV1)
  save(request: RequestOf<typeof saveResponseV1>): Promise<ResponseOf<typeof saveResponseV1>> {
    return this.responses.save(request);
  }

  @Responds(getResponseV1)
  async get(request: RequestOf<typeof getResponseV1>): Promise<ResponseOf<typeof getResponseV1>> {
    return { response: await this.responses.find(request) };
  }

  @Responds(deleteResponseV1)
  async delete(request: RequestOf<typeof deleteResponseV1>): Promise<ResponseOf<typeof deleteResponseV1>> {
    await this.responses.delete(request);
    return { id: request.responseId };
  }
}
