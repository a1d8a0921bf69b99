import { buildAll } from '../scripts/build.mjs';

/** Tests see the templates as they are now. */
export default buildAll;
