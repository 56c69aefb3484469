import { describeProtocol } from '../testing/protocol.suite.js';
import { gemini } from './index.js';

describeProtocol(gemini);
