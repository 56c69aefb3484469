import { AppError } from '@ao/kernel';

/** A failure of ours or of an answer that had begun: the provider has done its work and may charge for it. */
export class ChargedFailure extends AppError {
  readonly mayBeCharged = true;
}

/** Whether the provider may charge for a call that failed like this; failures of the transport say so themselves. */
export const mayBeCharged = (error: unknown): boolean =>
  error instanceof AppError && 'mayBeCharged' in error && error.mayBeCharged === true;
