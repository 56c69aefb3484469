import { readRouterSettings, settingsOfField, writeRouterSettings } from '@ao/config';
import {
  getRouterSettingsV1,
  setRouterSettingsV1,
  type Actor,
  type CallOf,
  type ResponseOf,
  type RouterSettings,
} from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { joinSettings } from '@ao/router';
import { z } from 'zod';
import { readBody } from '../json-body.js';
import { adminRoute } from './admin-routes.js';

const settingsBody = z.record(z.string(), z.unknown());
const PROBLEMS_NAMED_MAX = 20;

interface Reading {
  settings: RouterSettings;
  /** Fields that are null: the platform's hold again. */
  unset: (keyof RouterSettings)[];
  warnings: string[];
}

/** @throws AppError `invalid_json`, `invalid_parameter` naming the first field at fault and, in the message, all of them. */
function readSettings(body: unknown): Reading {
  const entries = Object.entries(readBody(body, settingsBody));
  const given = Object.fromEntries(entries.filter(([, value]) => value !== null));
  const { settings, problems, warnings } = readRouterSettings(given, '');
  if (problems.length > 0) {
    const named = problems.slice(0, PROBLEMS_NAMED_MAX).map(({ path, message }) => `${path}: ${message}`);
    throw new AppError('invalid_parameter', named.join('; '), { param: problems[0]!.path });
  }
  const unset = entries.filter(([, value]) => value === null).flatMap(([field]) => settingsOfField(field));
  return { settings, unset: unset.filter((field) => settings[field] === undefined), warnings };
}

function toChange(actor: Actor, body: unknown, replace: boolean): CallOf<typeof setRouterSettingsV1> {
  const { settings, unset } = readSettings(body);
  return { actor, settings, unset, replace };
}

const toSettingsBody = ({ own, platform }: ResponseOf<typeof getRouterSettingsV1>): object => ({
  effective: writeRouterSettings(joinSettings(platform, own)),
  own: writeRouterSettings(own),
});

/** The router settings of an organisation, in LiteLLM's words (RT-016). */
export const routerSettingsRoutes = [
  adminRoute({
    method: 'GET',
    path: '/v1/routing/settings',
    contract: getRouterSettingsV1,
    toRequest: ({ actor }) => ({ actor }),
    toBody: toSettingsBody,
  }),
  ...(['PUT', 'PATCH'] as const).map((method) =>
    adminRoute({
      method,
      path: '/v1/routing/settings',
      contract: setRouterSettingsV1,
      toRequest: ({ actor, body }) => toChange(actor, body, method === 'PUT'),
      toBody: (answer, { body }) => ({ ...toSettingsBody(answer), warnings: readSettings(body).warnings }),
    }),
  ),
];
