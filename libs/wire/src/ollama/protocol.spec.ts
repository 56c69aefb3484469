import { describeProtocol } from '../testing/protocol.suite.js';
import { ollama } from './index.js';

describeProtocol(ollama, { cachedTokens: false });
