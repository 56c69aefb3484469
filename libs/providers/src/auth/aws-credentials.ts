import { AppError } from '@ao/kernel';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const PAIR = /^([A-Za-z0-9_]{4,128}):([A-Za-z0-9/+=]{16,256})(?::([A-Za-z0-9/+=._-]{1,8192}))?$/;

/**
 * Access keys, written `ACCESS_KEY_ID:SECRET[:SESSION_TOKEN]` or as JSON with the names of AWS_CONFIG files or of STS; null for
 * a key of another kind. Throws `invalid_parameter` for JSON that lacks one.
 */
export function readAwsCredentials(key: string): AwsCredentials | null {
  const pair = PAIR.exec(key.trim());
  if (pair !== null) return credentials(pair[1]!, pair[2]!, pair[3]);
  if (!key.trim().startsWith('{')) return null;
  const given = parse(key);
  const [id, secret] = [
    textIn(given, ['aws_access_key_id', 'AccessKeyId']),
    textIn(given, ['aws_secret_access_key', 'SecretAccessKey']),
  ];
  if (id === undefined || secret === undefined) throw refusal();
  return credentials(id, secret, textIn(given, ['aws_session_token', 'SessionToken']));
}

const credentials = (accessKeyId: string, secretAccessKey: string, sessionToken?: string): AwsCredentials => ({
  accessKeyId,
  secretAccessKey,
  ...(sessionToken !== undefined && { sessionToken }),
});

function parse(key: string): Record<string, unknown> {
  try {
    return JSON.parse(key) as Record<string, unknown>;
  } catch {
    throw refusal();
  }
}

function textIn(given: Record<string, unknown>, names: readonly string[]): string | undefined {
  const value = names.map((name) => given[name]).find((found) => found != null);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const refusal = (): AppError =>
  new AppError(
    'invalid_parameter',
    'The key of a bedrock provider must be ACCESS_KEY_ID:SECRET, JSON with aws_access_key_id and aws_secret_access_key, ' +
      'or a Bedrock API key.',
    { param: 'api_key' },
  );
