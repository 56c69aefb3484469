import type { NewApiKey, Role } from '../../api/types.js';

/** The form, as typed. */
export interface KeyForm {
  name: string;
  role: Role;
  walletId: string;
  models: string;
  perMinute: string;
  /** A date alone, `2026-12-31`, or empty. */
  expires: string;
}

export const EMPTY_KEY_FORM: KeyForm = {
  name: '',
  role: 'member',
  walletId: '',
  models: '',
  perMinute: '',
  expires: '',
};

/** What to send for a form; empty fields are no limits. The key works until the end of the day it expires on. */
export function toNewKey({ name, role, walletId, models, perMinute, expires }: KeyForm): NewApiKey {
  const names = [...new Set(models.split(',').map((each) => each.trim()))].filter((each) => each !== '');
  return {
    name: name.trim(),
    role,
    wallet_id: walletId || null,
    models: names.length === 0 ? null : names,
    requests_per_minute_max: perMinute === '' ? null : Number(perMinute),
    expires_at: expires === '' ? null : new Date(`${expires}T23:59:59.999`).toISOString(),
  };
}
