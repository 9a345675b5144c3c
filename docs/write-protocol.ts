/** `npm run docs:protocol` */
import { writeFileSync } from 'node:fs';
import { PROTOCOL_FILE, protocolPage } from './protocol-page.ts';

writeFileSync(PROTOCOL_FILE, protocolPage());
