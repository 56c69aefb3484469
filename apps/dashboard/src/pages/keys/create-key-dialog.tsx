import { useState, type FormEvent } from 'react';
import { useCreateKey } from '../../api/queries.js';
import type { Role, Wallet } from '../../api/types.js';
import { strings } from '../../strings.js';
import { Dialog } from '../../ui/dialog.js';
import { Field } from '../../ui/field.js';
import { ErrorNotice } from '../../ui/states.js';
import { CreatedKey } from './created-key.js';
import { EMPTY_KEY_FORM, toNewKey, type KeyForm } from './new-key.js';

const text = strings.keys;

export interface CreateKeyDialogProps {
  wallets: Wallet[];
  onClose: () => void;
}

/** First the form, then the key, once. */
export function CreateKeyDialog({ wallets, onClose }: CreateKeyDialogProps) {
  const create = useCreateKey();
  const [form, setForm] = useState(EMPTY_KEY_FORM);
  const set = (change: Partial<KeyForm>): void => setForm({ ...form, ...change });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate(toNewKey(form));
  };
  if (create.data) return <CreatedKey secret={create.data.key} onClose={onClose} />;
  return (
    <Dialog title={text.create} onClose={onClose}>
      <form onSubmit={submit}>
        <Field label={text.name}>
          {(attributes) => (
            <input
              {...attributes}
              required
              autoFocus
              maxLength={200}
              value={form.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label={text.role}>
          {(attributes) => (
            <select {...attributes} value={form.role} onChange={(event) => set({ role: event.target.value as Role })}>
              {(['member', 'viewer', 'admin', 'owner'] as const).map((role) => (
                <option key={role} value={role}>
                  {text.roles[role]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={text.wallet}>
          {(attributes) => (
            <select {...attributes} value={form.walletId} onChange={(event) => set({ walletId: event.target.value })}>
              <option value="">{text.defaultWallet}</option>
              {wallets
                .filter(({ active }) => active)
                .map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
            </select>
          )}
        </Field>
        <Field label={text.models} hint={text.modelsHint}>
          {(attributes) => (
            <input
              {...attributes}
              spellCheck={false}
              value={form.models}
              onChange={(event) => set({ models: event.target.value })}
            />
          )}
        </Field>
        <div className="columns">
          <Field label={text.perMinute} hint={text.perMinuteHint}>
            {(attributes) => (
              <input
                {...attributes}
                type="number"
                min={1}
                step={1}
                value={form.perMinute}
                onChange={(event) => set({ perMinute: event.target.value })}
              />
            )}
          </Field>
          <Field label={text.expires} hint={text.expiresHint}>
            {(attributes) => (
              <input
                {...attributes}
                type="date"
                value={form.expires}
                onChange={(event) => set({ expires: event.target.value })}
              />
            )}
          </Field>
        </div>
        {create.error && <ErrorNotice error={create.error} />}
        <p className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {strings.common.cancel}
          </button>
          <button type="submit" className="button button-primary" disabled={create.isPending}>
            {create.isPending ? text.creating : text.createAction}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
