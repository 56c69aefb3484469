export type * from './exchange.js';
export { forwardChat } from './forward-chat.js';
export { forwardEmbeddings } from './forward-embeddings.js';
export { forwardUnread } from './forward-unread.js';
export { forward, forwardConverse } from './forward.js';
export { translate, type Labels } from './translate.js';
