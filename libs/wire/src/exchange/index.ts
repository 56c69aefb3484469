export { continueAnswer, readBegun, type BegunAnswer, type ContinuationForm } from './continue.js';
export type * from './exchange.js';
export { forwardChat } from './forward-chat.js';
export { forwardEmbeddings } from './forward-embeddings.js';
export { forwardJob, type ForwardedJob } from './forward-job.js';
export { forwardUnread } from './forward-unread.js';
export { forward, forwardCohere, forwardConverse } from './forward.js';
export { translate, type Labels } from './translate.js';
