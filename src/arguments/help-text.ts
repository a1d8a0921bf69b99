import { loadCatalog } from '../catalog/catalog.ts';
import { helpText } from './help.ts';

/** What the build puts into the command line. */
export const text = helpText(loadCatalog());
