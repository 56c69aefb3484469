import { AppError } from '@ao/kernel';

/** A field or a file of a form, as a range of the body. */
export interface FormPart {
  readonly name: string;
  readonly isFile: boolean;
  readonly start: number;
  readonly end: number;
}

const PARTS_MAX = 200;
const HEADER_BYTES_MAX = 8_192;
const CRLF = Buffer.from('\r\n');
const HEADERS_END = Buffer.from('\r\n\r\n');
const BOUNDARY =
  /^multipart\/form-data\s*;\s*boundary=(?:"([\w'()+,\-./:=? ]{1,70})"|([\w'()+,\-./:=?]{1,70}))\s*(?:;\s*charset=[\w-]+\s*)?$/i;

/** @throws AppError `invalid_parameter` when the content type names no boundary, or more than that. */
export function boundaryOf(contentType: string): string {
  const found = BOUNDARY.exec(contentType.trim());
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined || boundary.endsWith(' ')) {
    throw badForm("its Content-Type must be 'multipart/form-data; boundary=…' and nothing else");
  }
  return boundary;
}

/**
 * Finds the parts of a `multipart/form-data` body without copying any. Strict: what parsers read differently is refused,
 * for the provider could serve, and charge for, what we did not read.
 * @throws AppError `invalid_parameter` for a body that is cut off or malformed.
 */
export function readForm(body: Buffer, boundary: string): FormPart[] {
  const opening = Buffer.from(`--${boundary}`);
  const delimiter = Buffer.concat([CRLF, opening]);
  if (!startsWith(body, opening, 0)) throw badForm('it must begin with its boundary');
  const parts: FormPart[] = [];
  let at = opening.length;
  while (!startsWith(body, CLOSING, at)) {
    if (parts.length === PARTS_MAX) throw badForm(`it must have at most ${PARTS_MAX} parts`);
    if (!startsWith(body, CRLF, at)) throw badForm('a line break must follow each boundary');
    const start = headersEnd(body, at);
    const end = body.indexOf(delimiter, start - CRLF.length);
    if (end < 0) throw badForm('it ends before its last boundary');
    // The line break before the boundary may be that after the headers: an empty part.
    parts.push({ ...describe(body.toString('utf8', at + CRLF.length, start)), start, end: Math.max(end, start) });
    at = end + delimiter.length;
  }
  return parts;
}

/** The same body with another text in a part. */
export const replacePart = (body: Buffer, { start, end }: FormPart, text: string): Buffer =>
  Buffer.concat([body.subarray(0, start), Buffer.from(text), body.subarray(end)]);

const CLOSING = Buffer.from('--');

function startsWith(body: Buffer, expected: Buffer, at: number): boolean {
  return body.subarray(at, at + expected.length).equals(expected);
}

function headersEnd(body: Buffer, at: number): number {
  const end = body.subarray(at, at + HEADER_BYTES_MAX).indexOf(HEADERS_END);
  if (end < 0) throw badForm('the headers of a part do not end');
  return at + end + HEADERS_END.length;
}

const DISPOSITION =
  /^content-disposition:[ \t]*form-data((?:[ \t]*;[ \t]*[\w-]+=(?:"[^"\\\r\n]*"|[^\s";\\]+))+)[ \t]*$/i;
const PARAMETER = /;[ \t]*([\w-]+)=(?:"([^"]*)"|([^\s";]+))/g;

function describe(headers: string): Pick<FormPart, 'name' | 'isFile'> {
  const lines = headers.split('\r\n').filter((line) => /^content-disposition[ \t]*:/i.test(line));
  const found = lines.length === 1 ? DISPOSITION.exec(lines[0]!) : null;
  // An extended filename, which libraries send for letters beyond ASCII, says nothing that matters here.
  const plain = lines.length === 1 ? DISPOSITION.exec(lines[0]!.replace(/;[ \t]*filename\*=[^;\s]+/i, '')) : null;
  const given = [...((found ?? plain)?.[1] ?? '').matchAll(PARAMETER)];
  const names = given.filter(([, key]) => key!.toLowerCase() === 'name');
  const name = names[0]?.[2] ?? names[0]?.[3];
  if (names.length !== 1 || !name) throw badForm("each part needs one 'Content-Disposition: form-data; name=…'");
  return { name, isFile: given.some(([, key]) => key!.toLowerCase() === 'filename') };
}

function badForm(rule: string): AppError {
  return new AppError('invalid_parameter', `The form cannot be read: ${rule}.`, { param: 'body' });
}
