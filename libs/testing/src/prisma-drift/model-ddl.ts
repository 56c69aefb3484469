import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg';

const ENGINE = '@prisma/schema-engine-wasm/schema_engine_bg';

/**
 * The SQL that Prisma would write for a `schema.prisma` on an empty database. Its command line would download a binary for
 * this; the same engine as WebAssembly comes from npm. It insists on a connection, and changes nothing through it.
 */
export async function modelDdl(schemaFile: string, url: string): Promise<string> {
  const content = await readFile(schemaFile, 'utf8');
  await loadEngine();
  const engine = await engineModule.SchemaEngine.new(
    { datamodels: [[schemaFile, content]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url })),
  );
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [{ path: schemaFile, content }] },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return stdout ?? '';
}

/** Node has it; its types come with those of browsers, which we do not load. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  WebAssembly: {
    instantiate(
      bytes: Uint8Array,
      imports: object,
    ): Promise<{ instance: { exports: { __wbindgen_start?: () => void } } }>;
  };
};

let loaded: Promise<void> | undefined;

function loadEngine(): Promise<void> {
  loaded ??= (async () => {
    // The engine reports its own crashes through this global.
    Object.assign(globalThis, {
      PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => Promise.reject(new Error(message)) },
    });
    const file = path.join(path.dirname(createRequire(import.meta.url).resolve(ENGINE)), 'schema_engine_bg.wasm');
    const imports = { './schema_engine_bg.js': engineModule };
    const { instance } = await webAssembly.instantiate(await readFile(file), imports);
    const { __wbg_set_wasm: useInstance } = engineModule;
    const { __wbindgen_start: start } = instance.exports;
    useInstance(instance.exports);
    start?.();
  })();
  return loaded;
}
