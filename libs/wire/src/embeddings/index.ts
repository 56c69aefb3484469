export { isTranslatedEmbeddings, translateEmbeddings, type TranslatedEmbeddings } from './translate-embeddings.js';
