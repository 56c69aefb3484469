import { Responds } from '@ao/bus';
import {
  createDeploymentV1,
  deleteDeploymentV1,
  listDeploymentsV1,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { decodeCursor, toPage } from '@ao/runtime';
import { Controller } from '@nestjs/common';
import { CreateDeployment } from '../../application/create-deployment.js';
import { DeleteDeployment } from '../../application/delete-deployment.js';
import { ListRouting } from '../../application/list-routing.js';

@Controller()
export class DeploymentsRpc {
  constructor(
    private readonly createDeployment: CreateDeployment,
    private readonly deleteDeployment: DeleteDeployment,
    private readonly listRouting: ListRouting,
  ) {}

  @Responds(createDeploymentV1)
  async create(request: RequestOf<typeof createDeploymentV1>): Promise<ResponseOf<typeof createDeploymentV1>> {
    return { deployment: await this.createDeployment.execute(request) };
  }

  @Responds(listDeploymentsV1)
  async list(request: RequestOf<typeof listDeploymentsV1>): Promise<ResponseOf<typeof listDeploymentsV1>> {
    const { actor, limit, cursor, modelGroup } = request;
    const page = { limit: limit + 1, after: decodeCursor(cursor) };
    return toPage(await this.listRouting.listDeployments(actor, page, modelGroup), limit, ({ id }) => id);
  }

  @Responds(deleteDeploymentV1)
  async delete(request: RequestOf<typeof deleteDeploymentV1>): Promise<ResponseOf<typeof deleteDeploymentV1>> {
    await this.deleteDeployment.execute(request.actor, request.deploymentId);
    return { deleted: true };
  }
}
