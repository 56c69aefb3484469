import { writeFileSync } from 'node:fs';
import { settingsText } from './all-settings.js';

/** `npm run settings`: writes `.env.example` anew. */
writeFileSync('.env.example', settingsText());
process.stdout.write('.env.example written\n');
