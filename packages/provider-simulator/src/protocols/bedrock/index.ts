import type { Protocol } from '../protocol.js';
import { encodeProblem } from './errors.js';
import { bedrockRoute } from './routes.js';
import type { AwsCredentials } from './signature.js';

/**
 * Amazon Bedrock's runtime: Converse, and the messages of Anthropic as `invoke` takes them.
 * @param credentials with which signatures are verified; without them any is accepted.
 */
export function bedrockProtocol(credentials: AwsCredentials | undefined): Protocol {
  return {
    name: 'bedrock',
    route: bedrockRoute(credentials),
    encodeProblem,
    headers: (id) => ['x-amzn-requestid', id],
  };
}
