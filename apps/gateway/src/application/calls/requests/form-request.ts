import { AppError } from '@ao/kernel';
import { boundaryOf, readForm, replacePart, type FormPart } from '@ao/wire';
import type { InboundCall } from '../call.js';
import type { RequestLimits } from './request-facts.js';

const FIELD_BYTES_MAX = 65_536;

/** A request that came as a form, whose bytes are forwarded. */
export class FormRequest {
  readonly contentType: string;
  private readonly parts: readonly FormPart[];

  /** @throws AppError `invalid_parameter` for a form that is cut off or malformed. */
  constructor({ body, formType }: Pick<InboundCall, 'body' | 'formType'>) {
    const boundary = boundaryOf(formType ?? '');
    this.body = body;
    this.contentType = `multipart/form-data; boundary=${/^[\w-]+$/.test(boundary) ? boundary : `"${boundary}"`}`;
    this.parts = readForm(body, boundary);
  }

  private readonly body: Buffer;

  /** @throws AppError `missing_required_parameter`, `invalid_parameter`. */
  model({ modelLengthMax }: RequestLimits): string {
    const model = this.required('model');
    if (model.length > modelLengthMax) throw invalid('model', `must have at most ${modelLengthMax} characters`);
    return model;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value) return value;
    throw new AppError('missing_required_parameter', `Set '${name}' in the form.`, { param: name });
  }

  /** A field's text. @throws AppError `invalid_parameter` when it is given twice: the provider might read the other. */
  text(name: string): string | null {
    const [part, ...others] = this.parts.filter((candidate) => candidate.name === name);
    if (!part) return null;
    if (others.length > 0 || part.isFile) throw invalid(name, 'must be one field');
    if (part.end - part.start > FIELD_BYTES_MAX) throw invalid(name, `must have at most ${FIELD_BYTES_MAX} bytes`);
    return this.body.toString('utf8', part.start, part.end);
  }

  integer(name: string, min: number, max: number): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw invalid(name, `must be a whole number from ${min} to ${max}`);
  }

  /** The files of a field, which may be called `name[]` where it can have several. @throws AppError when there is none. */
  files(name: string): Buffer[] {
    const found = this.parts.filter((part) => part.isFile && (part.name === name || part.name === `${name}[]`));
    if (found.length > 0) return found.map(({ start, end }) => this.body.subarray(start, end));
    throw new AppError('missing_required_parameter', `Send a file as '${name}' in the form.`, { param: name });
  }

  /** What is not served here. */
  refuseStream(): void {
    if (!['false', ''].includes(this.text('stream') ?? '')) {
      throw new AppError('unsupported_parameter', 'Answers to forms are not streamed here. Leave out "stream".', {
        param: 'stream',
      });
    }
  }

  /** The same bytes for another model. */
  withModel(model: string): Buffer {
    const part = this.parts.find(({ name }) => name === 'model');
    return !part || this.text('model') === model ? this.body : replacePart(this.body, part, model);
  }
}

const invalid = (param: string, rule: string): AppError =>
  new AppError('invalid_parameter', `'${param}' ${rule}.`, { param });
