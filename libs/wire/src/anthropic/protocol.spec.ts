import { describeProtocol } from '../testing/protocol.suite.js';
import { anthropic } from './index.js';

describeProtocol(anthropic);
