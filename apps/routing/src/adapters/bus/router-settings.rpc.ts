import { Responds } from '@ao/bus';
import { getRouterSettingsV1, setRouterSettingsV1, type RequestOf, type ResponseOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { ReadRouterSettings } from '../../application/settings/read-router-settings.js';
import { SetRouterSettings } from '../../application/settings/set-router-settings.js';

@Controller()
export class RouterSettingsRpc {
  constructor(
    private readonly readSettings: ReadRouterSettings,
    private readonly setSettings: SetRouterSettings,
  ) {}

  @Responds(getRouterSettingsV1)
  get({ actor }: RequestOf<typeof getRouterSettingsV1>): Promise<ResponseOf<typeof getRouterSettingsV1>> {
    return this.readSettings.execute(actor);
  }

  @Responds(setRouterSettingsV1)
  set(request: RequestOf<typeof setRouterSettingsV1>): Promise<ResponseOf<typeof setRouterSettingsV1>> {
    return this.setSettings.execute(request);
  }
}
