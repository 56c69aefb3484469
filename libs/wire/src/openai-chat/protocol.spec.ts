import { describeProtocol } from '../testing/protocol.suite.js';
import { openAiChat } from './index.js';

describeProtocol(openAiChat);
