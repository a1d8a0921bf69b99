import type { ApiVersion } from './api-version.ts';

const DEPRECATION = 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/';

/** Versions that Kubernetes itself took away, by the minor version that did. */
export const REMOVED_FROM_KUBERNETES: ApiVersion[] = [
  {
    pattern: /^(extensions\/v1beta1|apps\/v1beta[12])\/(Deployment|DaemonSet|ReplicaSet|StatefulSet)$/,
    instead: 'apps/v1',
    kubernetes: 16,
    source: DEPRECATION,
  },
  {
    pattern: /^extensions\/v1beta1\/NetworkPolicy$/,
    instead: 'networking.k8s.io/v1',
    kubernetes: 16,
    source: DEPRECATION,
  },
  {
    pattern: /^(extensions|networking\.k8s\.io)\/v1beta1\/Ingress/,
    instead: 'networking.k8s.io/v1',
    kubernetes: 22,
    source: DEPRECATION,
  },
  {
    pattern:
      /^(rbac\.authorization|admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|scheduling|storage)\.k8s\.io\/v1beta1\/(Role|ClusterRole|RoleBinding|ClusterRoleBinding|ValidatingWebhookConfiguration|MutatingWebhookConfiguration|CustomResourceDefinition|APIService|TokenReview|SubjectAccessReview|CertificateSigningRequest|Lease|PriorityClass|StorageClass|CSIDriver|CSINode|VolumeAttachment)$/,
    instead: 'v1',
    kubernetes: 22,
    source: DEPRECATION,
  },
  {
    pattern: /^policy\/v1beta1\/PodSecurityPolicy$/,
    instead: 'Pod Security labels of namespaces',
    kubernetes: 25,
    source: DEPRECATION,
  },
  {
    pattern: /^policy\/v1beta1\/PodDisruptionBudget$/,
    instead: 'policy/v1',
    kubernetes: 25,
    source: DEPRECATION,
  },
  { pattern: /^batch\/v1beta1\/CronJob$/, instead: 'batch/v1', kubernetes: 25, source: DEPRECATION },
  {
    pattern: /^discovery\.k8s\.io\/v1beta1\//,
    instead: 'discovery.k8s.io/v1',
    kubernetes: 25,
    source: DEPRECATION,
  },
  {
    pattern: /^events\.k8s\.io\/v1beta1\//,
    instead: 'events.k8s.io/v1',
    kubernetes: 25,
    source: DEPRECATION,
  },
  { pattern: /^node\.k8s\.io\/v1beta1\//, instead: 'node.k8s.io/v1', kubernetes: 25, source: DEPRECATION },
  { pattern: /^autoscaling\/v2beta1\//, instead: 'autoscaling/v2', kubernetes: 25, source: DEPRECATION },
  { pattern: /^autoscaling\/v2beta2\//, instead: 'autoscaling/v2', kubernetes: 26, source: DEPRECATION },
  {
    pattern: /^flowcontrol\.apiserver\.k8s\.io\/v1beta1\//,
    instead: 'flowcontrol.apiserver.k8s.io/v1',
    kubernetes: 26,
    source: DEPRECATION,
  },
  {
    pattern: /^storage\.k8s\.io\/v1beta1\/CSIStorageCapacity$/,
    instead: 'storage.k8s.io/v1',
    kubernetes: 27,
    source: DEPRECATION,
  },
  {
    pattern: /^flowcontrol\.apiserver\.k8s\.io\/v1beta2\//,
    instead: 'flowcontrol.apiserver.k8s.io/v1',
    kubernetes: 29,
    source: DEPRECATION,
  },
  {
    pattern: /^flowcontrol\.apiserver\.k8s\.io\/v1beta3\//,
    instead: 'flowcontrol.apiserver.k8s.io/v1',
    kubernetes: 32,
    source: DEPRECATION,
  },
  {
    pattern: /^admissionregistration\.k8s\.io\/v1(alpha1|beta1)\/ValidatingAdmissionPolicy/,
    instead: 'admissionregistration.k8s.io/v1',
    kubernetes: 34,
    source: DEPRECATION,
  },
];
