import { Responds } from '@ao/bus';
import {
  appendUploadV1,
  deleteFileV1,
  discardUploadV1,
  finishUploadV1,
  getFileV1,
  listFilesV1,
  readFileV1,
  startUploadV1,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { FindFiles } from '../../application/files/find-files.js';
import { UploadFile } from '../../application/files/upload-file.js';

@Controller()
export class FilesRpc {
  constructor(
    private readonly uploadFile: UploadFile,
    private readonly findFiles: FindFiles,
  ) {}

  @Responds(startUploadV1)
  async start(request: RequestOf<typeof startUploadV1>): Promise<ResponseOf<typeof startUploadV1>> {
    return { fileId: await this.uploadFile.start(request) };
  }

  @Responds(appendUploadV1)
  async append(request: RequestOf<typeof appendUploadV1>): Promise<ResponseOf<typeof appendUploadV1>> {
    await this.uploadFile.append(request);
    return {};
  }

  @Responds(finishUploadV1)
  async finish(request: RequestOf<typeof finishUploadV1>): Promise<ResponseOf<typeof finishUploadV1>> {
    return { file: await this.uploadFile.finish(request) };
  }

  @Responds(discardUploadV1)
  async discard({ actor, fileId }: RequestOf<typeof discardUploadV1>): Promise<ResponseOf<typeof discardUploadV1>> {
    await this.uploadFile.discard(actor, fileId);
    return {};
  }

  @Responds(getFileV1)
  async get({ actor, fileId }: RequestOf<typeof getFileV1>): Promise<ResponseOf<typeof getFileV1>> {
    return { file: await this.findFiles.get(actor, fileId) };
  }

  @Responds(listFilesV1)
  list(request: RequestOf<typeof listFilesV1>): Promise<ResponseOf<typeof listFilesV1>> {
    return this.findFiles.list(request);
  }

  @Responds(readFileV1)
  async read({ actor, fileId, position }: RequestOf<typeof readFileV1>): Promise<ResponseOf<typeof readFileV1>> {
    const chunk = await this.findFiles.read(actor, fileId, position);
    return { content: chunk && chunk.toString('base64') };
  }

  @Responds(deleteFileV1)
  async delete({ actor, fileId }: RequestOf<typeof deleteFileV1>): Promise<ResponseOf<typeof deleteFileV1>> {
    await this.findFiles.delete(actor, fileId);
    return { deleted: true };
  }
}
