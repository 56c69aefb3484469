import { useState, type FormEvent } from 'react';
import { ApiClient } from '../../api/client.js';
import { useSessionStore } from '../../session/session-context.js';
import { strings } from '../../strings.js';
import { Field } from '../../ui/field.js';
import { Mark } from '../../ui/mark.js';
import { ErrorNotice } from '../../ui/states.js';

/** Asks for a key, and lets nobody in whose key the API refuses. */
export function SignInPage() {
  const session = useSessionStore();
  const [key, setKey] = useState('');
  const [visible, setVisible] = useState(false);
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const signIn = async (): Promise<void> => {
    setWorking(true);
    setError(null);
    try {
      // Every key may list its models; its wallet it may not have.
      await new ApiClient(key.trim()).call('/v1/models');
      session.signIn(key.trim());
    } catch (refusal) {
      setError(refusal);
      setWorking(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void signIn();
  };
  return (
    <main className="door">
      <form className="door-card" onSubmit={submit}>
        <p className="brand">
          <Mark />
          <strong>{strings.product}</strong>
        </p>
        <h1>{strings.signIn.title}</h1>
        <p className="note">{strings.signIn.lead}</p>
        {session.expired && error === null && (
          <p className="notice notice-warn" role="alert">
            {strings.signIn.expired}
          </p>
        )}
        <Field label={strings.signIn.label} hint={strings.signIn.hint}>
          {(attributes) => (
            <div className="with-button">
              <input
                {...attributes}
                className="code"
                type={visible ? 'text' : 'password'}
                name="api-key"
                autoComplete="off"
                spellCheck={false}
                autoFocus
                maxLength={512}
                placeholder="sk-ao-…"
                value={key}
                onChange={(event) => setKey(event.target.value)}
              />
              <button type="button" className="button" aria-pressed={visible} onClick={() => setVisible(!visible)}>
                {visible ? strings.signIn.hide : strings.signIn.show}
              </button>
            </div>
          )}
        </Field>
        {error !== null && <ErrorNotice error={error} />}
        <button type="submit" className="button button-primary" disabled={working}>
          {working ? strings.signIn.working : strings.signIn.action}
        </button>
      </form>
    </main>
  );
}
