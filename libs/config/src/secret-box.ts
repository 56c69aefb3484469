import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '@ao/kernel';

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals secrets (provider keys, webhook secrets, saved answers) with AES-256-GCM and a fresh nonce each time. Sealed text is
 * `v1.<base64url of nonce, ciphertext and tag>`.
 */
export class SecretBox {
  /** @param key 32 bytes. */
  constructor(private readonly key: Buffer) {
    if (key.length !== 32) throw new RangeError('the master key must have 32 bytes');
  }

  /** @param context What the secret belongs to: it opens under the same words only, so sealed texts cannot be swapped. */
  seal(secret: string, context = ''): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(context));
    const body = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${body.toString('base64url')}`;
  }

  /**
   * @throws AppError `internal_error` when the text was tampered with, or sealed under another key or context.
   */
  open(sealed: string, context = ''): string {
    const body = Buffer.from(sealed.slice(VERSION.length + 1), 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, body.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(body.subarray(-TAG_BYTES)).setAAD(Buffer.from(context));
      return decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch (cause) {
      throw new AppError('internal_error', 'A stored secret could not be opened.', {
        internal: 'AO_MASTER_KEY differs from the one that sealed it, or the stored text is damaged',
        cause,
      });
    }
  }
}
