import { AppError } from '@ao/kernel';
import { boundPromptTokens, guessTokens } from '@ao/tokens';
import { forwardEmbeddings, isTranslatedEmbeddings, openai, translateEmbeddings } from '@ao/wire';
import { countPrompt } from './count-prompt.js';
import { PLAIN_REQUEST, type RequestFacts, type RequestLimits } from './request-facts.js';

/** `POST /v1/embeddings`. */
export function readEmbeddings(body: Buffer, limits: RequestLimits): RequestFacts {
  const request = openai.parseEmbeddingsRequest(body, limits);
  const { input } = request;
  return {
    ...PLAIN_REQUEST,
    model: request.model,
    endUserId: request.user,
    wishes: request.wishes,
    generates: false,
    promptTokensBound: (model) => input.tokens + boundPromptTokens(input.textBytes, { messages: input.count, model }),
    promptTokensGuess: input.tokens + guessTokens(input.textBytes),
    countPrompt: (model) => countPrompt(model, body),
    exchange: ({ protocols, model, direct }) => {
      const format = protocols.embeddings;
      if (format !== null && isTranslatedEmbeddings(format)) return translateEmbeddings(body, format, model);
      if (format !== 'openai') throw noEmbeddings();
      return forwardEmbeddings(openai.encodeEmbeddingsRequest(request, direct ? {} : { model }));
    },
  };
}

const noEmbeddings = (): AppError =>
  new AppError('unsupported_parameter', 'The provider of this model makes no embeddings. Choose another model.', {
    param: 'model',
  });
