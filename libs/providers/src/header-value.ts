import { AppError } from '@ao/kernel';

/** What every header value must be (RFC 9110 §5.5), lest one header becomes two. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]{0,16384}$/;

/** The value, fit to be sent. Throws `invalid_header_value`, which names the header and never its value. */
export function checkedHeader(name: string, value: string): string {
  if (VALUE.test(value)) return value;
  throw new AppError('invalid_header_value', `The value given for '${name}' cannot be sent as a header.`, {
    param: name,
  });
}
