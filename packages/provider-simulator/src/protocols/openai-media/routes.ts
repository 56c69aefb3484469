import { routesOf } from '../route-table.js';
import { createImages, editImages, showDemoImage, varyImages } from './images.js';
import { moderate } from './moderations.js';
import { rerank } from './rerank.js';
import { speak } from './speech.js';
import { transcribe, translate } from './transcriptions.js';

/** Which path is which operation. */
export const route = routesOf([
  ['POST', '/v1/images/generations', createImages],
  ['POST', '/v1/images/edits', editImages],
  ['POST', '/v1/images/variations', varyImages],
  ['GET', '/v1/images/demo.png', showDemoImage],
  ['POST', '/v1/audio/speech', speak],
  ['POST', '/v1/audio/transcriptions', transcribe],
  ['POST', '/v1/audio/translations', translate],
  ['POST', '/v1/moderations', moderate],
  ['POST', '/v1/rerank', rerank],
]);
