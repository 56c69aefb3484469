import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { AppError, type Clock } from '@ao/kernel';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Address } from '../transport/base-url.js';
import type { Authenticator, SignableRequest } from './authenticator.js';
import type { AwsCredentials } from './aws-credentials.js';

/** In `bedrock-runtime.eu-west-1.amazonaws.com`, and in the names of private endpoints. */
const REGION = /(?:^|\.)bedrock(?:-runtime)?(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d)\./;

/** SHA-256 in the shape that the signer wants; Node's own, since bodies are up to a megabyte. */
class Sha256 {
  private hash!: Hash | Hmac;

  constructor(private readonly secret?: string | ArrayBuffer | ArrayBufferView) {
    this.reset();
  }

  reset(): void {
    this.hash = this.secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(this.secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytesOf(chunk));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
}

/** Signs requests with access keys (AWS signature version 4). */
export class AwsSignature implements Authenticator {
  private readonly signer: SignatureV4;

  /**
   * @param options `checksum`: whether the body's is a header of its own, as AWS's newer services expect.
   * @throws AppError `invalid_parameter` when nothing says which region it is.
   */
  constructor(
    credentials: AwsCredentials,
    service: string,
    address: Address,
    private readonly clock: Clock,
    { checksum = true } = {},
  ) {
    const region = REGION.exec(address.hostname)?.[1] ?? address.region;
    if (region === null) {
      throw new AppError(
        'invalid_parameter',
        'The base URL names no AWS region: use https://bedrock-runtime.{region}.amazonaws.com, or give the region.',
        { param: 'base_url' },
      );
    }
    this.signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: checksum });
  }

  async headersFor({ method, origin, path, contentType, body }: SignableRequest): Promise<readonly string[]> {
    const { protocol, hostname, host } = new URL(origin);
    const [pathname = '/', query = ''] = path.split('?', 2);
    const given = { host, ...(contentType !== null && { 'content-type': contentType }) };
    const request = {
      method,
      protocol,
      hostname,
      path: pathname,
      query: toBag(query),
      headers: given,
      body: body ?? '',
    };
    const { headers } = await this.signer.sign(request, { signingDate: new Date(this.clock.nowMs()) });
    return Object.entries(headers)
      .filter(([name]) => !Object.hasOwn(given, name))
      .flat();
  }
}

function toBag(query: string): Record<string, string | string[]> {
  const bag: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) (bag[name] ??= []).push(value);
  return bag;
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.from(data);
}
