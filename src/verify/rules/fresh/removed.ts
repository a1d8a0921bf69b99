import { REMOVED_FROM_CONTROLLERS } from './controller-apis.ts';
import { REMOVED_FROM_KUBERNETES } from './kubernetes-apis.ts';

/** Every version that was taken away. */
export const REMOVED = [...REMOVED_FROM_KUBERNETES, ...REMOVED_FROM_CONTROLLERS];
