import type { Rule } from '../../model.ts';
import { unresolved } from './unresolved.ts';

/** https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods */
export const configMap: Rule = {
  id: 'select/config-map',
  area: 'select',
  severity: 'error',
  title: 'A ConfigMap that is read exists',
  why: 'Pods whose ConfigMap is missing do not start; a controller falls back to its defaults.',
  fix: 'Add the ConfigMap to configMaps in zero-trust.yaml, or correct the name or key.',
  check: (model) => unresolved(model, (one) => one.kind === 'ConfigMap'),
};
