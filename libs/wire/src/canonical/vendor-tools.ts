/**
 * Tools that only a vendor runs itself (search, code, computers). They are an offer to the model and no order: where the
 * provider has no such tool the call goes on without, and the caller is told.
 */
const PREFIX = 'tools (';

/** How such a tool stands among what a protocol cannot express. */
export const vendorTool = (type: string): string => `${PREFIX}${type})`;

/** Whether what cannot be expressed is no more than an offer. */
export const isVendorTool = (name: string): boolean => name.startsWith(PREFIX);
