/** A file of a multipart form, beside the form's texts in the body of a call. */
export class UploadedFile {
  constructor(
    readonly fileName: string,
    readonly contentType: string,
    readonly bytes: Uint8Array,
  ) {}

  /** As the record of a request shows it. */
  toJSON(): object {
    return { file_name: this.fileName, content_type: this.contentType, bytes: this.bytes.length };
  }
}
