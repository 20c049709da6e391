// npm start: everything from a fresh clone to a running portal; node bin/start.mjs web | worker for one part.
import { runMode } from './run.mjs';

process.exitCode = await runMode(process.argv[2] ?? 'all');
