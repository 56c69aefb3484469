import { StartupError } from '@ao/kernel';

export interface Warehouse {
  close(): Promise<void>;
}

export function openWarehouse(_options: { url?: string; embeddedDirectory?: string; logger: unknown }): Promise<Warehouse> {
  return Promise.reject(new StartupError('no warehouse yet'));
}
