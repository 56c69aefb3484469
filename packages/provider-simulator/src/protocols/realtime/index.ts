import type { SocketProtocol } from '../socket-protocol.js';
import { geminiLiveProtocol } from './gemini-live.js';
import { openAiRealtimeProtocol } from './openai-realtime.js';

/** Every protocol over a WebSocket. */
export const SOCKET_PROTOCOLS: readonly SocketProtocol[] = [openAiRealtimeProtocol, geminiLiveProtocol];
