import type { Files } from '../../types/files.ts';

const FOLDER = 'flux-system';
const MADE = /(^|\/)flux-system\/gotk-[\w-]+\.yaml$/;

/** Whether `flux bootstrap` writes a file: its own controllers, and where it finds the repository. */
export const isBootstrapFile = (file: string): boolean => MADE.test(file);

/**
 * Texts in the place of what `flux bootstrap` has not filled yet, so that patches of them can be judged before,
 * and of what it has filled without the CRDs, which are 12,000 lines.
 * https://fluxcd.io/flux/installation/configuration/bootstrap-customization/
 */
export function bootstrapStandIns(files: Files, entry: string): Files {
  const standIns: Files = new Map();
  const offer = (name: string, text: string) => {
    const file = `${entry}/${FOLDER}/${name}`;
    const current = files.get(file);
    if (current === undefined) return;
    standIns.set(file, /^kind:/m.test(current) ? withoutCrds(current) : text);
  };
  offer('gotk-components.yaml', COMPONENTS);
  offer('gotk-sync.yaml', sync(entry));
  return standIns;
}

/** Blank lines instead of CRDs: positions stay. */
function withoutCrds(text: string): string {
  return text
    .split(/^(?=---)/m)
    .map((document) =>
      /^kind: CustomResourceDefinition$/m.test(document)
        ? `---${document.replaceAll(/[^\n]/g, '')}`
        : document,
    )
    .join('');
}

const controller = (name: string) => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: flux-system }
spec: { template: { spec: { serviceAccountName: ${name}, containers: [{ name: manager, args: [--log-level=info] }] } } }
`;

/** The parts of `flux install --export` that its documentation customizes. */
const COMPONENTS = `apiVersion: v1
kind: Namespace
metadata: { name: flux-system, labels: { app.kubernetes.io/part-of: flux } }
${['source', 'kustomize', 'helm', 'notification'].map((name) => controller(`${name}-controller`)).join('')}`;

const sync = (entry: string) => `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m0s, url: ssh://git@example.com/repository }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 10m0s, path: ./${entry}, prune: true, sourceRef: { kind: GitRepository, name: flux-system } }
`;
